from django.db import migrations

FORBID = """
create function orders_orderevent_is_history() returns trigger language plpgsql as $$
begin
  raise exception 'orders_orderevent is append-only: % refused', tg_op using errcode = 'restrict_violation';
end $$;

create trigger orders_orderevent_append_only before update or delete on orders_orderevent
for each row execute function orders_orderevent_is_history();
"""

ALLOW = """
drop trigger orders_orderevent_append_only on orders_orderevent;
drop function orders_orderevent_is_history();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_initial")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
