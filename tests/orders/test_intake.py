"""Taking an order: whose it is, what is doubtful, and that one form becomes one order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.staff.refusal import Refused
from orders.actors import Actor
from orders.flow import State
from orders.models import Client, ClientMark, ClientPhone, Draft, Order
from orders.services import clients, drafts, intake
from orders.services.intake import Booking, place
from orders.tasks import forget_old_drafts
from tests.orders.conftest import ANNA

pytestmark = pytest.mark.django_db
STRANGER = "+79005554433"


def booking(**given) -> Booking:
    return Booking(**({"phone": ANNA, "phone_raw": "8 912 345-67-89", "pickup": "Ленина, 5"} | given))


@pytest.mark.feature("C5", "C10")
def test_a_stranger_gets_a_card_with_the_number_as_he_gave_it(by_vera):
    order = place(booking=booking(phone=STRANGER, phone_raw="8 (900) 555-44-33", name=" Олег "), actor=by_vera)
    phone = order.client.phones.get()
    assert (order.client.name, phone.e164, phone.raw, phone.is_main) == ("Олег", STRANGER, "8 (900) 555-44-33", True)
    assert (order.state, order.phone, order.created_by) == (State.SEARCHING, STRANGER, by_vera.person)


@pytest.mark.feature("C5")
def test_anna_is_found_by_her_number_and_never_doubled(anna, by_vera):
    order = place(booking=booking(), actor=by_vera)
    assert order.client == anna
    assert Client.objects.count() == 1


def test_a_card_without_a_name_gets_one_but_a_name_is_never_overwritten(anna, by_vera):
    place(booking=booking(name="Somebody else"), actor=by_vera)
    anna.refresh_from_db()
    assert anna.name == "Анна Петрова"
    Client.objects.update(name="")
    place(booking=booking(name="Анна", pickup="Мира, 1"), actor=by_vera)
    anna.refresh_from_db()
    assert anna.name == "Анна"


@pytest.mark.feature("C10")
def test_a_family_shares_a_number_and_vera_is_asked_who_calls(anna, by_vera):
    igor = Client.objects.create(name="Игорь")
    ClientPhone.objects.create(client=igor, e164=ANNA, raw=ANNA)
    with pytest.raises(clients.Ambiguous) as choice:
        place(booking=booking(), actor=by_vera)
    assert set(choice.value.clients) == {anna, igor}
    assert not Order.objects.exists()
    assert place(booking=booking(client_id=igor.pk), actor=by_vera).client == igor
    new = place(booking=booking(is_new_client=True, name="Их дочь", pickup="Мира, 1"), actor=by_vera).client
    assert new not in (anna, igor)
    assert new.phones.get().e164 == ANNA


def test_a_number_of_another_client_wins_over_the_card_that_was_open(anna, by_vera):
    oleg = clients.add(name="Олег", numbers_typed=[STRANGER], actor=by_vera.person)
    order = place(booking=booking(phone=STRANGER, phone_raw=STRANGER, client_id=anna.pk), actor=by_vera)
    assert order.client == oleg


def test_a_known_client_may_be_called_back_at_a_number_that_is_nobodys(anna, by_vera):
    order = place(booking=booking(phone=STRANGER, phone_raw=STRANGER, client_id=anna.pk), actor=by_vera)
    assert (order.client, order.phone) == (anna, STRANGER)
    assert [phone.e164 for phone in anna.phones.all()] == [ANNA]


@pytest.mark.feature("C5", "C10")
def test_a_client_on_the_black_list_is_taken_only_knowingly(anna, by_vera, olga):
    clients.mark(client_id=anna.pk, mark=ClientMark.BLACKLISTED, reason="did not pay", actor=olga)
    with pytest.raises(intake.Doubtful) as doubt:
        place(booking=booking(), actor=by_vera)
    assert "did not pay" in doubt.value.concerns[0].sentence
    assert not Order.objects.exists()
    order = place(booking=booking(), actor=by_vera, accepted=frozenset({intake.BLACKLISTED}))
    assert Entry.objects.get(verb="order.taken_from_blacklisted").target_id == str(order.pk)


@pytest.mark.feature("C5")
def test_the_same_trip_twice_is_asked_about(anna, by_vera, by_boris):
    first = place(booking=booking(), actor=by_vera)
    with pytest.raises(intake.Doubtful) as doubt:
        place(booking=booking(pickup="ленина, 5"), actor=by_boris)
    assert str(first.pk) in doubt.value.concerns[0].sentence
    place(booking=booking(), actor=by_boris, accepted=frozenset({intake.TWIN}))
    place(booking=booking(pickup_at=timezone.now() + timedelta(days=1)), actor=by_boris)  # tomorrow is another trip
    assert Order.objects.count() == 3


@pytest.mark.feature("C5")
def test_the_same_form_saved_twice_gives_one_order(anna, vera, by_vera):
    draft = drafts.open_draft(owner=vera, source="call:731", fields={})
    first = place(booking=booking(), actor=by_vera, draft_id=draft.pk)
    assert place(booking=booking(pickup="other"), actor=by_vera, draft_id=draft.pk) == first
    assert Order.objects.count() == 1


def test_boris_cannot_save_veras_form(vera, by_boris):
    draft = drafts.open_draft(owner=vera, source="call:731", fields={})
    with pytest.raises(Draft.DoesNotExist):
        place(booking=booking(), actor=by_boris, draft_id=draft.pk)


def test_what_fails_leaves_neither_client_nor_draft_behind(vera, by_vera):
    draft = drafts.open_draft(owner=vera, source="call:731", fields={})
    with pytest.raises(Refused):
        place(booking=booking(phone="", phone_raw="no number"), actor=by_vera, draft_id=draft.pk)
    draft.refresh_from_db()
    assert draft.order is None
    assert not Client.objects.exists()


def test_the_call_is_named_on_the_order_and_on_its_first_event(by_vera):
    order = place(booking=booking(), actor=Actor(by_vera.kind, by_vera.person, "call:731"))
    assert (order.source, order.events.get().source) == ("call:731", "call:731")


# --- drafts ------------------------------------------------------------------------------------------------------


@pytest.mark.feature("C5")
def test_a_half_filled_form_is_found_again(vera):
    draft = drafts.open_draft(owner=vera, source="call:731", fields={"phone": ANNA})
    assert drafts.keep(draft_id=draft.pk, owner=vera, fields={"pickup": "Лен"}, version=1)
    again = drafts.open_draft(owner=vera, source="call:731", fields={"phone": "other"})
    assert again.pk == draft.pk
    assert again.fields == {"phone": ANNA, "pickup": "Лен"}


def test_a_late_save_does_not_overwrite_a_newer_one(vera):
    draft = drafts.open_draft(owner=vera, source="", fields={})
    assert drafts.keep(draft_id=draft.pk, owner=vera, fields={"pickup": "Ленина, 5"}, version=2)
    assert not drafts.keep(draft_id=draft.pk, owner=vera, fields={"pickup": "Лен"}, version=1)
    draft.refresh_from_db()
    assert draft.fields == {"pickup": "Ленина, 5"}


def test_two_tabs_that_fill_different_fields_lose_nothing(vera):
    draft = drafts.open_draft(owner=vera, source="", fields={})
    drafts.keep(draft_id=draft.pk, owner=vera, fields={"pickup": "Ленина, 5"}, version=1)
    drafts.keep(draft_id=draft.pk, owner=vera, fields={"comment": "с собакой"}, version=2)
    draft.refresh_from_db()
    assert draft.fields == {"pickup": "Ленина, 5", "comment": "с собакой"}


def test_a_draft_is_its_owners_alone_and_is_not_kept_after_it_became_an_order(vera, boris, by_vera, anna):
    draft = drafts.open_draft(owner=vera, source="call:731", fields={})
    assert not drafts.keep(draft_id=draft.pk, owner=boris, fields={"pickup": "x"}, version=9)
    place(booking=booking(), actor=by_vera, draft_id=draft.pk)
    assert not drafts.keep(draft_id=draft.pk, owner=vera, fields={"pickup": "x"}, version=9)
    assert drafts.open_draft(owner=vera, source="call:731", fields={}).pk != draft.pk  # the next order of that call


def test_strange_things_in_a_draft_are_left_out():
    typed = {"pickup": "a\x00b", "phone": 7, "evil": "<script>", "comment": "x" * 5000, "name": "half an emoji \ud83d"}
    assert drafts.cleaned(typed) == {"pickup": "ab", "comment": "x" * 2000, "name": "half an emoji "}


def test_forms_that_nobody_came_back_to_are_forgotten(vera, settings):
    old, fresh = (
        drafts.open_draft(owner=vera, source=source, fields={"pickup": "x"}) for source in ("call:1", "call:2")
    )
    Draft.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=settings.DRAFT_DAYS, minutes=1))
    assert forget_old_drafts() == 1
    assert Draft.objects.get() == fresh
