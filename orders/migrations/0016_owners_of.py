from django.db import migrations

# Everything that is known of a number, in one question whose plans each session keeps: asked on the first ring.
OWNERS_OF = """
create function orders_owners_of(wanted text)
returns table (kind text, id bigint, mark text, mark_until timestamptz, order_id bigint)
language plpgsql stable as $$
begin
    return query
        select 'client', p.client_id, c.mark::text, c.mark_until,
               (select o.id from orders_order o where o.client_id = p.client_id and o.state in
                    ('arrived', 'assigned', 'en_route', 'offered', 'on_board', 'scheduled', 'searching')
                order by o.id desc limit 1)
        from orders_clientphone p join orders_client c on c.id = p.client_id
        where p.e164 = wanted order by p.client_id;
    return query
        select 'driver', p.driver_id, '', null::timestamptz,
               (select o.id from orders_order o where o.driver_id = p.driver_id and o.state in
                    ('arrived', 'assigned', 'en_route', 'on_board') limit 1)
        from orders_driverphone p join orders_driver d on d.id = p.driver_id
        where p.e164 = wanted order by d.call_sign;
    return query
        select 'order', o.client_id, '', null::timestamptz, o.id
        from orders_order o where o.phone = wanted and o.state in
            ('arrived', 'assigned', 'en_route', 'offered', 'on_board', 'scheduled', 'searching')
        order by o.id desc limit 1;
end
$$
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0015_conveyor_list")]

    operations = [migrations.RunSQL(OWNERS_OF, "drop function orders_owners_of(text)")]
