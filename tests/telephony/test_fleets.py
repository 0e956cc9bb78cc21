"""Which brand of the office was called: on the card, in the history, and for the order that comes of it."""

import pytest

from dispatch.live import registry
from dispatch.live.registry import Viewer
from orders.models import Fleet, FleetLogo, FleetNumber, Order
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C9", "D8")]

DESK = Viewer("en", "dispatcher")
CITY, OTHER = "74951234567", "74957654321"


def fleet(name: str, number: str, **fields) -> Fleet:
    made = Fleet.objects.create(name=name, **fields)
    FleetNumber.objects.create(fleet=made, e164=f"+{number}", raw=number)
    return made


@pytest.fixture
def fleets(db) -> tuple[Fleet, Fleet]:
    daisy = fleet("Daisy", CITY, is_default=True, greeting="Daisy Taxi, hello!")
    FleetLogo.objects.create(fleet=daisy, content=b"x", content_type="image/png", digest="abc")
    return daisy, fleet("Night Express", OTHER)


def card(call, viewer=DESK, kind="call") -> str:
    return registry.renderers[kind]([str(call.pk)], viewer)[str(call.pk)]


def test_the_card_says_which_fleet_is_called_and_how_it_greets(fleets):
    daisy, _night = fleets
    drawn = card(office.call(dialled=CITY))
    assert "Daisy Taxi, hello!" in drawn
    assert f"/fleets/{daisy.pk}/logo/abc/" in drawn
    for dialled in ("8 (495) 765-43-21", "84957654321", "7654321"):  # as this carrier or that sends it
        assert "Night Express" in card(office.call(dialled=dialled))
    assert "call-fleet" not in card(office.call(dialled="74950000000"))


def test_ones_own_conversation_still_says_it(fleets):
    vera = office.vera()
    call = office.call(dialled=OTHER, state="talking", ringing=[], talking_to=["101"], answered_by=vera)
    assert "Night Express" in card(call, Viewer("en", "dispatcher", vera.pk), "talk")


def test_history_and_breakdown_say_it(client, fleets):
    call = office.missed(dialled=OTHER)
    client.force_login(office.marina())
    assert "Night Express" in client.get("/calls/").content.decode()
    assert "Night Express" in client.get(f"/calls/{call.pk}/").content.decode()


def test_a_number_that_another_fleet_has_now_changes_no_call_of_before(client, fleets):
    daisy, night = fleets
    before = office.missed(dialled=OTHER)
    FleetNumber.objects.filter(fleet=night).update(fleet=daisy)
    after = office.missed(dialled=OTHER)
    assert (before.fleet, after.fleet) == (night, daisy)
    client.force_login(office.marina())
    assert "Night Express" in client.get(f"/calls/{before.pk}/").content.decode()
    assert "Night Express" not in client.get(f"/calls/{after.pk}/").content.decode()


def test_the_order_taken_from_the_call_belongs_to_the_fleet_that_was_called(client, fleets):
    daisy, night = fleets
    client.force_login(office.vera())
    call = office.call(office.STRANGER, dialled=OTHER)
    address = client.get(f"/calls/{call.pk}/open/").context["opened"].content
    assert f"fleet={night.pk}" in address
    form = client.get(address).context
    sent = {"draft": form["draft"].pk, "phone": office.STRANGER, "pickup": "Tverskaya 1", "fleet": night.pk}
    client.post("/orders/intake/", sent)
    taken = Order.objects.get()
    assert (taken.fleet, taken.source) == (night, f"call:{call.pk}")
    client.post("/orders/intake/", {"phone": "+79120000000", "pickup": "Arbat 2"})
    assert Order.objects.latest("pk").fleet == daisy
