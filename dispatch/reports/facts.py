"""Keeping one row for each order: written anew from the order and its history, in the transaction that changed it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.dispatch import receiver

from dispatch.reports.models import OrderFact
from orders.models import Order
from orders.signals import order_moved, order_placed, order_typed

WRITE = """
insert into reports_orderfact (
    order_id, placed_at, state, is_preorder, fleet_id, tariff_id, channel, dispatcher_id, driver_id,
    end_kind, end_reason, assign_s, arrive_s, late_s)
select o.id, o.created_at, o.state, o.pickup_at is not null, o.fleet_id, v.tariff_id, o.channel, o.created_by_id,
    o.driver_id,
    case when o.state in ('cancelled', 'no_show', 'unfulfilled')
        then coalesce(nullif(e.by_whom, ''), e.end_kind, '') else '' end,
    case when o.state in ('cancelled', 'no_show', 'unfulfilled') then left(coalesce(e.end_reason, ''), 60) else '' end,
    case when e.assigned >= e.searched then extract(epoch from e.assigned - e.searched)::int end,
    case when e.arrived >= e.assigned then extract(epoch from e.arrived - e.assigned)::int end,
    extract(epoch from e.arrived - coalesce(o.pickup_at, o.created_at))::int
from orders_order o
left join orders_tariffversion v on v.id = o.tariff_version_id
left join lateral (
    select min(at) filter (where to_state = 'searching') as searched,
        min(at) filter (where to_state = 'assigned' and from_state <> 'assigned') as assigned,
        min(at) filter (where to_state = 'arrived') as arrived,
        (array_agg(actor_kind order by id desc)
            filter (where to_state = o.state and from_state <> o.state))[1] as end_kind,
        (array_agg(by_whom order by id desc)
            filter (where to_state = o.state and from_state <> o.state))[1] as by_whom,
        (array_agg(reason order by id desc)
            filter (where to_state = o.state and from_state <> o.state))[1] as end_reason
    from orders_orderevent where order_id = o.id
) e on true
where o.id = any(%s)
on conflict (order_id) do update set
    placed_at = excluded.placed_at, state = excluded.state, is_preorder = excluded.is_preorder,
    fleet_id = excluded.fleet_id, tariff_id = excluded.tariff_id, channel = excluded.channel,
    dispatcher_id = excluded.dispatcher_id, driver_id = excluded.driver_id, end_kind = excluded.end_kind,
    end_reason = excluded.end_reason, assign_s = excluded.assign_s, arrive_s = excluded.arrive_s,
    late_s = excluded.late_s
"""
TOUCH = """
insert into reports_touched (hour)
select distinct date_trunc('hour', placed_at, %s) from reports_orderfact where order_id = any(%s)
"""
BATCH = 5000


def write(order_ids: Sequence[int]) -> None:
    """The same twice changes nothing. Two statements."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WRITE, [list(order_ids)])
        cursor.execute(TOUCH, [settings.TIME_ZONE, list(order_ids)])


def rebuild() -> int:
    """All of them anew; what was measured while typing stays."""
    ids = list(Order.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        write(ids[start : start + BATCH])
    return len(ids)


@receiver((order_placed, order_moved))
def follow(order: Order, **_others: Any) -> None:
    write([order.pk])


@receiver(order_typed)
def measure(order: Order, seconds: int | None, keys: int | None, **_others: Any) -> None:
    OrderFact.objects.filter(pk=order.pk).update(seconds=seconds, keys=keys)
