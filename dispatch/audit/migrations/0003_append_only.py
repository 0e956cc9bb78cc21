from django.db import migrations

FORBID = """
create function audit_entry_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function audit_entry_is_append_only();
"""
ALLOW = """
drop trigger audit_entry_append_only on audit_entry;
drop function audit_entry_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_initial")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
