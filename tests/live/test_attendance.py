"""Which tabs are there: a page that listens says nothing more of itself, and one that is gone is told by nobody."""

from datetime import timedelta

from django.utils import timezone

from dispatch.live.attendance import ATTEND_SECONDS
from orders.models import Order, Presence
from tests.live.web import greeted

LONG_AGO = timedelta(minutes=1)


def test_a_tab_that_listens_is_there_and_one_that_does_not_is_gone_and_it_is_told(web, vera, boris):
    order = Order.objects.create(state="searching", state_since=timezone.now(), pickup="Tverskaya 12")
    with greeted(web, vera, tab="veras") as listener:
        began = timezone.now()
        for tab, person in (("veras", vera), ("boriss", boris)):
            Presence.objects.create(tab=tab, person=person, order=order)
        with greeted(web, boris, tab="boriss"):
            renewed = Presence.objects.filter(seen_at__gt=began + timedelta(seconds=1))
            assert any(listener.beat() and renewed.count() == 2 for _second in range(round(2 * ATTEND_SECONDS)))
        Presence.objects.filter(tab="boriss").update(seen_at=timezone.now() - LONG_AGO)
        told = listener.until(
            lambda frame: frame["type"] == "batch" and frame["topic"] == f"person.{vera.pk}", 2 * ATTEND_SECONDS
        )
        assert [(change["kind"], change["key"]) for change in told["changes"]] == [("presence", str(order.pk))]
        assert list(Presence.objects.values_list("tab", flat=True)) == ["veras"]
