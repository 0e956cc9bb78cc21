"""What a form may ask for besides from where to where: stops, several cars, the way back, who pays, what is known."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.staff.refusal import Refused
from orders import spots, trip
from orders.flow import State
from orders.forms.editing import EditForm
from orders.forms.fields import FlightField
from orders.forms.intake import IntakeForm
from orders.models import Account, ClientMark, Draft, Order
from orders.selectors import twins, unfinished
from orders.services import clients, drafts, intake, lifecycle
from orders.services.drafts import LISTS, TEXTS
from orders.services.editing import Conflict, edit
from orders.services.intake import place
from orders.spots import Spot
from places.geo import Point
from tests.orders.conftest import ANNA, HTMX, placed
from tests.orders.test_intake import STRANGER, booking
from tests.places import town

pytestmark = pytest.mark.django_db
HOME = Point(55.75, 37.6)


def typed(**given) -> dict[str, object]:
    return {"phone": ANNA, "pickup": "Ленина, 5", "client": ""} | given


@pytest.mark.feature("C5")
def test_stops_keep_their_order_and_their_places(by_vera):
    stops = (Spot("Аптека"), Spot("Мира, 7", HOME))
    order = place(booking=booking(stops=stops, destination="Вокзал"), actor=by_vera)
    assert [(stop.place, stop.address, stop.latitude) for stop in order.stops.all()] == [
        (1, "Аптека", None),
        (2, "Мира, 7", 55.75),
    ]
    assert trip.of(order).stops == stops


@pytest.mark.feature("C5")
def test_three_cars_are_three_orders_of_one_form(vera, by_vera):
    draft = drafts.open_draft(owner=vera, source="", fields={})
    first = place(booking=booking(cars=3, stops=(Spot("Аптека"),)), actor=by_vera, draft_id=draft.pk)
    together = twins.together(first)
    assert [order.pickup for order in together] == ["Ленина, 5"] * 3
    assert [order.stops.count() for order in together] == [1, 1, 1]
    assert place(booking=booking(cars=3), actor=by_vera, draft_id=draft.pk) == first
    assert Order.objects.count() == 3


@pytest.mark.feature("C5", "C8")
def test_the_way_back_is_an_order_of_its_own_with_its_own_time(by_vera):
    evening = timezone.now() + timedelta(hours=6)
    said = booking(destination="Театр", stops=(Spot("А"), Spot("Б")), pickup_entrance="2", return_at=evening)
    there, back = twins.together(place(booking=said, actor=by_vera))
    assert (back.pickup, back.destination, back.pickup_at, back.pickup_entrance) == ("Театр", "Ленина, 5", evening, "")
    assert [stop.address for stop in back.stops.all()] == ["Б", "А"]
    assert (there.state, back.state) == (State.SEARCHING, State.SCHEDULED)


def test_of_several_orders_all_are_taken_or_none(by_vera, monkeypatch):
    enter, taken = lifecycle.enter, []

    def fails_at_the_second(**given):
        if taken:
            raise Refused("no")
        taken.append(1)
        return enter(**given)

    monkeypatch.setattr(lifecycle, "enter", fails_at_the_second)
    with pytest.raises(Refused):
        place(booking=booking(cars=2), actor=by_vera)
    assert not Order.objects.exists()


@pytest.mark.feature("C5")
def test_a_twin_is_near_in_place_and_time(anna, by_vera):
    at = timezone.now() + timedelta(hours=3)
    near = {"pickup_latitude": 55.7515, "pickup_longitude": 37.6}
    first = placed(anna, by_vera, "У почты", pickup_at=at, **near)  # 170 m from HOME
    asked = booking(pickup="Ленина, 5", pickup_point=HOME, pickup_at=at + timedelta(minutes=14))
    assert twins.of(asked, client_id=anna.pk) == first
    assert twins.of(booking(pickup="у  ПОЧТЫ", pickup_at=at), client_id=None) == first  # the same number will do
    far = booking(pickup="Ленина, 5", pickup_point=Point(55.755, 37.6), pickup_at=at)
    later = booking(pickup="У почты", pickup_at=at + timedelta(minutes=16))
    stranger = booking(phone=STRANGER, pickup="У почты", pickup_at=at)
    assert [twins.of(said, client_id=None) for said in (far, later, stranger)] == [None, None, None]


def test_who_is_on_board_already_may_order_again_from_there(anna, by_vera):
    order = placed(anna, by_vera)
    Order.objects.filter(pk=order.pk).update(state=State.ON_BOARD)
    assert twins.of(booking(), client_id=anna.pk) is None


@pytest.mark.feature("C5", "C10")
def test_where_the_office_says_stop_only_olga_takes_a_blacklisted_client(anna, by_vera, by_olga, olga, settings):
    clients.mark(client_id=anna.pk, mark=ClientMark.BLACKLISTED, reason="did not pay", actor=olga)
    settings.BLACKLIST_RULE = "stop"
    with pytest.raises(Refused, match="supervisor"):
        place(booking=booking(), actor=by_vera, accepted=frozenset({intake.BLACKLISTED}))
    assert place(booking=booking(), actor=by_olga, accepted=frozenset({intake.BLACKLISTED})).client == anna


# --- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.feature("C5")
def test_a_mark_is_of_the_text_that_it_was_chosen_for():
    chosen = Spot("Ленина, 5", HOME)
    assert spots.read("Ленина,  5 ", spots.mark(chosen)) == chosen
    assert spots.read("Ленина, 57", spots.mark(chosen)) == Spot("Ленина, 57")
    for nonsense in ("", "x", "91.0,200.0 Ленина, 5", "55.75,37.6", "nan,nan Ленина, 5"):
        assert spots.read("Ленина, 5", nonsense) == Spot("Ленина, 5")


@pytest.mark.feature("C5")
def test_an_address_of_the_directory_that_was_only_typed_is_known_all_the_same(by_vera):
    town.street("Ленина", "5")
    form = IntakeForm(typed(destination="за рекой"))
    assert form.is_valid(), form.errors
    order = place(booking=form.booking(), actor=by_vera)
    assert trip.point(order, "pickup") == Point(55.75, 37.61)
    assert trip.point(order, "destination") is None


def test_an_unknown_address_is_said_on_the_order(anna, by_vera, vera, signed_in):
    order = placed(anna, by_vera, pickup_latitude=55.75, pickup_longitude=37.6, destination="за рекой")
    page = signed_in(vera).get(f"/orders/{order.pk}/", **HTMX).content.decode()
    assert page.count("unknown address") == 1


# --- the form ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "flight"),
    [("SU 1402", "SU1402"), ("su-0007", "SU7"), ("4Y 12a", "4Y12A"), ("DLH123", "DLH123"), ("", "")],
)
def test_a_flight_is_written_as_airports_do(text, flight):
    assert FlightField().clean(text) == flight


@pytest.mark.parametrize("text", ["1402", "SU", "12 34", "поезд 5", "SU 14022"])
def test_what_is_no_flight_is_asked_again(text):
    form = IntakeForm(typed(flight=text))
    assert "flight" in form.errors
    assert form.is_more_open


@pytest.mark.feature("C5")
def test_only_the_phone_and_the_pickup_are_required():
    form = IntakeForm(typed())
    assert form.is_valid(), form.errors
    assert not form.is_more_open
    said = form.booking()
    assert (said.passengers, said.cars, said.service_class, said.payment, said.stops) == (1, 1, "economy", "cash", ())
    assert set(IntakeForm({}).errors) == {"phone", "pickup"}


def test_who_pays_is_named_when_a_company_does():
    romashka = Account.objects.create(name="Ромашка", currency="RUB")
    assert "account" in IntakeForm(typed(payment="account")).errors
    form = IntakeForm(typed(payment="account", account=str(romashka.pk)))
    assert form.is_valid()
    assert form.booking().account == romashka
    assert IntakeForm(typed(payment="cash", account=str(romashka.pk))).is_valid()


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"returns": "on", "destination": "Театр"}, "return_when"),
        ({"returns": "on", "return_when": "+60"}, "destination"),
        ({"returns": "on", "return_when": "+60", "when": "+90", "destination": "Театр"}, "return_when"),
        ({"returns": "on", "return_when": "+60", "destination": "Театр", "waits_and_returns": "on"}, "returns"),
        ({"cars": "0"}, "cars"),
        ({"service_class": "rocket"}, "service_class"),
        ({"options": ["parachute"]}, "options"),
        ({"stop": ["x" * 251]}, "stops"),
        ({"stop": ["x"] * 13}, "stops"),
    ],
)
def test_what_contradicts_itself_is_asked_again(given, wrong):
    assert wrong in IntakeForm(typed(**given)).errors


def test_every_field_of_the_form_is_kept_in_a_draft():
    fields = set(IntakeForm().fields) - {"stops"} | {"stop", "stop_point"}
    assert fields == {*TEXTS, *LISTS}


# --- drafts --------------------------------------------------------------------------------------------------------


@pytest.mark.feature("C5")
def test_lists_are_kept_in_a_draft_and_drawn_again(vera, signed_in):
    draft = drafts.open_draft(owner=vera, source="", fields={})
    chosen = spots.mark(Spot("Мира, 7", HOME))
    fields = {"stop": ["Аптека", "Мира, 7"], "stop_point": ["", chosen], "options": ["pet"], "waits_and_returns": "on"}
    drafts.keep(draft_id=draft.pk, owner=vera, fields=fields, version=1)
    form = IntakeForm(initial=IntakeForm.values_of(Draft.objects.get().fields))
    assert form.stops_shown == [Spot("Аптека"), Spot("Мира, 7", HOME)]
    assert form.is_more_open
    page = signed_in(vera).get(f"/orders/drafts/{draft.pk}/", **HTMX).content.decode()
    assert 'value="Аптека"' in page
    assert f'value="{chosen}"' in page


def test_strange_lists_in_a_draft_are_left_out():
    assert drafts.cleaned({"stop": ["a\x00", 7, "b"], "options": "pet", "pickup": ["x"]}) == {"stop": ["a", "b"]}
    assert len(drafts.cleaned({"stop": ["x"] * 99})["stop"]) == drafts.MOST_LINES


@pytest.mark.feature("C5", "D5")
def test_a_draft_goes_to_boris_with_the_call_and_what_he_began_stays_his(vera, boris):
    hers = drafts.open_draft(owner=vera, source="call:731", fields={"pickup": "Ленина, 5"})
    his = drafts.open_draft(owner=boris, source="call:731", fields={"comment": "с собакой"})
    drafts.hand_over(draft_id=hers.pk, to_person=boris)
    assert drafts.open_draft(owner=boris, source="call:731", fields={}) == hers
    assert set(unfinished.of_person(boris)) == {hers, his}
    assert not drafts.keep(draft_id=hers.pk, owner=vera, fields={"pickup": "late"}, version=9)
    assert drafts.keep(draft_id=hers.pk, owner=boris, fields={"when": "+20"}, version=9)


def test_what_became_an_order_is_not_handed_over(vera, boris, by_vera):
    draft = drafts.open_draft(owner=vera, source="call:731", fields={})
    place(booking=booking(), actor=by_vera, draft_id=draft.pk)
    with pytest.raises(Draft.DoesNotExist):
        drafts.hand_over(draft_id=draft.pk, to_person=boris)


@pytest.mark.feature("C5")
def test_beside_the_form_lie_the_others_that_were_begun(vera):
    opened = [
        drafts.open_draft(owner=vera, source=source, fields=fields)
        for source, fields in (
            ("call:1", {}),
            ("", {"pickup": "Мира, 7"}),
            ("phone:+7", {"phone": ANNA}),
            ("client:1", {}),
        )
    ]
    forgotten = drafts.open_draft(owner=vera, source="call:0", fields={"phone": ANNA})
    Draft.objects.filter(pk=forgotten.pk).update(created_at=timezone.now() - timedelta(hours=1))
    call, typed_in, _only_a_number, shown = opened
    assert list(unfinished.tabs(vera, shown.pk)) == [call, typed_in, shown]


# --- editing -------------------------------------------------------------------------------------------------------


def form_of(order: Order, **given) -> EditForm:
    """The form as the browser sends it back when only these fields were changed."""
    values = EditForm.values_of(order)
    stops = values.pop("stops")
    data = {name: "" if value in (None, False) else value for name, value in values.items()}
    data |= {"stop": [stop.address for stop in stops], "stop_point": [spots.mark(stop) for stop in stops]}
    for name in ("account", "fleet"):
        data[name] = str(getattr(values[name], "pk", ""))
    form = EditForm({**data, **given}, order=order)
    assert form.is_valid(), form.errors
    return form


@pytest.mark.feature("C4")
def test_an_order_that_nobody_touched_in_the_form_is_not_changed(by_vera):
    said = booking(
        stops=(Spot("Аптека"), Spot("Мира, 7", HOME)),
        pickup_point=HOME,
        options=("pet", "luggage"),
        pickup_at=timezone.now().replace(second=0, microsecond=0) + timedelta(hours=5),
        callback_phone=STRANGER,
        is_on_hold=True,
        release_minutes=30,
        passengers=4,
        service_class="minivan",
    )
    order = place(booking=said, actor=by_vera)
    order.account, order.payment = Account.objects.create(name="Ромашка", currency="RUB"), "account"
    order.save(update_fields=["account", "payment"])
    order.refresh_from_db()
    assert trip.texts(form_of(order).wording()) == trip.texts(trip.of(order))


@pytest.mark.feature("C4")
def test_stops_and_options_are_changed_with_before_and_after(anna, by_vera):
    order = placed(anna, by_vera, options=["pet"])
    changed = form_of(order, stop=["Аптека", "Мира, 7"], stop_point=[], options=["pet", "luggage"]).wording()
    edit(order_id=order.pk, wanted=changed, version=1, actor=by_vera)
    order.refresh_from_db()
    assert order.options == ["luggage", "pet"]
    assert order.events.last().changes == {"stops": ["", "Аптека\nМира, 7"], "options": ["pet", "luggage\npet"]}


@pytest.mark.feature("C4")
def test_two_who_put_in_different_stops_see_both(anna, by_vera, by_boris):
    order = placed(anna, by_vera)
    hers = form_of(order, stop=["Аптека"], stop_point=[""]).wording()
    his = form_of(order, stop=["Школа"], stop_point=[""]).wording()
    edit(order_id=order.pk, wanted=hers, version=1, actor=by_vera)
    with pytest.raises(Conflict) as conflict:
        edit(order_id=order.pk, wanted=his, version=1, actor=by_boris)
    assert [(clash.field, clash.theirs, clash.mine) for clash in conflict.value.clashes] == [
        ("stops", "Аптека", "Школа")
    ]


@pytest.mark.feature("C4")
def test_after_a_conflict_the_second_save_takes_back_nothing_that_boris_never_touched(
    anna, by_vera, vera, boris, signed_in
):
    order = placed(anna, by_vera)
    hers = form_of(order, destination="вокзал", comment="с собакой", options=["pet"]).wording()
    his = form_of(order, destination="аэропорт").data
    edit(order_id=order.pk, wanted=hers, version=1, actor=by_vera)
    answer = signed_in(boris).post(f"/orders/{order.pk}/edit/", his)
    assert answer.status_code == 409
    shown = answer.context["form"]
    assert (shown["destination"].value(), shown["comment"].value()) == ("аэропорт", "с собакой")
    order.refresh_from_db()
    again = form_of(order, destination="аэропорт").data
    signed_in(boris).post(f"/orders/{order.pk}/edit/", again)
    order.refresh_from_db()
    assert (order.destination, order.comment, order.options) == ("аэропорт", "с собакой", ["pet"])


def test_choosing_from_the_directory_what_was_typed_finds_it_on_the_map(anna, by_vera):
    order = placed(anna, by_vera)
    edit(
        order_id=order.pk,
        wanted=form_of(order, pickup_point=spots.mark(Spot("Ленина, 5", HOME))).wording(),
        version=1,
        actor=by_vera,
    )
    order.refresh_from_db()
    assert trip.point(order, "pickup") == HOME
    assert (order.version, order.events.count()) == (1, 1)


def test_a_new_address_takes_its_place_with_it(anna, by_vera):
    order = placed(anna, by_vera, pickup_latitude=55.75, pickup_longitude=37.6)
    edit(order_id=order.pk, wanted=form_of(order, pickup="за рекой").wording(), version=1, actor=by_vera)
    order.refresh_from_db()
    assert trip.point(order, "pickup") is None
