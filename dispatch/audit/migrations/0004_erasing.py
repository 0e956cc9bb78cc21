from django.db import migrations

# The details alone may be emptied, and only by a transaction that says so (dispatch.audit.journal.erase).
ERASING = """
create or replace function audit_entry_is_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('desk.erasing', true) = 'on' and new.details = '{}'::jsonb
     and to_jsonb(new) - 'details' = to_jsonb(old) - 'details' then
    return new;
  end if;
  raise exception 'the journal is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end $$;
"""
NEVER = """
create or replace function audit_entry_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_append_only")]

    operations = [migrations.RunSQL(ERASING, NEVER)]
