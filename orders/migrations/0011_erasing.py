from django.db import migrations

# What an edit said may be emptied, nothing else, and only by a transaction that says so (services.anonymising).
ERASING = """
create or replace function orders_orderevent_is_history() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('desk.erasing', true) = 'on' and new.changes = '{}'::jsonb
     and to_jsonb(new) - 'changes' = to_jsonb(old) - 'changes' then
    return new;
  end if;
  raise exception 'orders_orderevent is append-only: % refused', tg_op using errcode = 'restrict_violation';
end $$;
"""
NEVER = """
create or replace function orders_orderevent_is_history() returns trigger language plpgsql as $$
begin
  raise exception 'orders_orderevent is append-only: % refused', tg_op using errcode = 'restrict_violation';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_merged")]

    operations = [migrations.RunSQL(ERASING, NEVER)]
