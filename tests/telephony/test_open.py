"""What answering a call brings to the screen, and the click that asks for a call."""

import json
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from dispatch.live import registry
from dispatch.live.registry import Viewer
from orders.flow import State
from telephony.models import Intent, Lease
from tests.telephony import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client):
    vera = office.vera()
    client.force_login(vera)
    return vera


def opened(client, call, choice=""):
    response = client.get(f"/calls/{call.pk}/open/" + (f"?as={choice}" if choice else ""))
    assert response.status_code == 200
    return response


def content(response):
    """The address that fills the pane, and what it is asked."""
    address = urlsplit(response.context["opened"].content)
    return address.path, {name: values[0] for name, values in parse_qs(address.query).items()}


def conveyor(response):
    return json.loads(response.headers["HX-Trigger"])["conveyor:filter"]


@pytest.mark.feature("D8")
def test_a_stranger_brings_the_form_with_his_number(client, vera):
    call = office.call(office.STRANGER)
    response = opened(client, call)
    assert content(response) == ("/orders/intake/", {"source": f"call:{call.pk}", "phone": office.STRANGER})
    assert "HX-Trigger" not in response.headers
    assert 'hx-trigger="load"' in response.content.decode()


@pytest.mark.feature("D8")
def test_a_known_client_brings_the_form_with_his_data_and_his_card(client, vera):
    anna = office.client()
    call = office.call(office.ANNA, client=anna, recognised="known")
    response = opened(client, call)
    path, asked = content(response)
    assert (path, asked["client"], asked["phone"]) == ("/orders/intake/", str(anna.pk), office.ANNA)
    assert f'hx-get="/clients/{anna.pk}/"' in response.content.decode()


@pytest.mark.feature("D9")
def test_a_client_with_open_orders_brings_the_newest_and_a_new_one_is_one_click(client, vera):
    anna = office.client()
    older, newest = office.order(anna), office.order(anna)
    response = opened(client, office.call(office.ANNA, client=anna, recognised="orders"))
    assert content(response)[0] == f"/orders/{newest.pk}/"
    page = response.content.decode()
    assert f'hx-get="/orders/{older.pk}/"' in page
    assert "data-new-order" in page
    assert conveyor(response)["query"] == f"client={anna.pk}"


@pytest.mark.feature("D10")
def test_a_driver_brings_the_order_that_he_performs_and_the_list_shows_it(client, vera):
    ivan = office.driver("17")
    order = office.order(by=ivan)
    call = office.call(office.MOBILE, driver=ivan, recognised="driver")
    response = opened(client, call)
    assert content(response)[0] == f"/orders/{order.pk}/"
    assert conveyor(response) == {"query": f"driver={ivan.pk}", "label": "driver 17", "call": call.pk}


@pytest.mark.feature("D10")
def test_a_driver_without_an_order_brings_his_card(client, vera):
    ivan = office.driver("17")
    office.order(by=ivan, state=State.COMPLETED)
    response = opened(client, office.call(office.MOBILE, driver=ivan, recognised="driver"))
    assert content(response)[0] == f"/drivers/{ivan.pk}/"
    assert "HX-Trigger" not in response.headers


@pytest.mark.feature("D8")
def test_a_colleague_opens_nothing(client, vera):
    call = office.call("102", direction="internal", colleague=office.boris(), recognised="staff")
    assert client.get(f"/calls/{call.pk}/open/").status_code == 204


@pytest.mark.feature("D8")
def test_a_shared_number_asks_who_it_is_and_follows_the_answer(client, vera):
    ivan, anna = office.driver("17"), office.client("Anna", office.MOBILE)
    choices = [{"kind": "driver", "id": ivan.pk}, {"kind": "client", "id": anna.pk}]
    call = office.call(office.MOBILE, recognised="choice", choices=choices)
    first = opened(client, call)
    assert first.context["opened"].content == ""
    assert "Who is calling?" in first.content.decode()
    assert content(opened(client, call, f"driver-{ivan.pk}"))[0] == f"/drivers/{ivan.pk}/"
    assert content(opened(client, call, f"client-{anna.pk}"))[1]["client"] == str(anna.pk)
    assert "client" not in content(opened(client, call, "new"))[1]
    for stranger in ("client-999", "driver-0", "x", "client-", "staff-1"):
        assert client.get(f"/calls/{call.pk}/open/?as={stranger}").status_code == 404


@pytest.mark.feature("D8")
def test_a_hidden_number_asks_who_it_is_and_a_new_client_is_one_click(client, vera):
    call = office.call("anonymous", recognised="hidden")
    response = opened(client, call)
    assert response.context["opened"].content == ""
    assert "Who is calling?" in response.content.decode()
    assert content(opened(client, call, "new")) == ("/orders/intake/", {"source": f"call:{call.pk}"})


@pytest.mark.feature("D8")
def test_whoever_hides_his_number_is_found_by_what_he_says(client, vera):
    anna, ivan = office.client(), office.driver("17")
    order = office.order(anna)
    call = office.call("anonymous", recognised="hidden")

    def found(text):
        response = client.get(f"/calls/{call.pk}/open/", {"find": text})
        return [option.key for option in response.context["opened"].options]

    for said in ("sidorova", "8 916 123-45-67", str(order.pk), f"#{order.pk}"):
        assert found(said) == [f"client-{anna.pk}"]
    assert found("17") == [f"driver-{ivan.pk}"]
    assert found("nobody at all") == found("  ") == found("\x00") == found("9" * 18) == []
    assert content(opened(client, call, f"client-{anna.pk}"))[0] == f"/orders/{order.pk}/"


def test_a_blacklisted_client_brings_the_form_under_the_reason(client, vera):
    rude = office.client(mark="blacklisted", reason="never pays")
    response = opened(client, office.call(office.ANNA, client=rude, recognised="blacklisted"))
    assert "On the black list: never pays" in response.content.decode()
    assert content(response)[0] == "/orders/intake/"


def test_what_boris_talks_about_does_not_open_for_vera(client, vera):
    boris = office.boris()
    his = office.call(state="talking", answered_by=boris, talking_to=["102"], answered_at=timezone.now())
    assert client.get(f"/calls/{his.pk}/open/").status_code == 403
    client.force_login(boris)
    assert client.get(f"/calls/{his.pk}/open/").status_code == 200


@pytest.mark.parametrize("role", ["manager", "administrator", "driver"])
def test_for_who_does_not_work_at_the_desk_there_is_nothing_to_open_or_pick(client, role):
    client.force_login(office.person("Adam Nowak", role))
    call = office.call()
    assert client.get(f"/calls/{call.pk}/open/").status_code == 404
    assert client.post(f"/calls/{call.pk}/pick/").status_code == 404


@pytest.fixture
def pbx():
    now = timezone.now()
    return Lease.objects.create(id=1, epoch=1, holder="link", renewed_at=now, pbx=Lease.Pbx.UP, pbx_seen_at=now)


@pytest.mark.feature("D6")
def test_vera_picks_the_second_caller(client, vera, pbx):
    office.call()
    second = office.call(office.ANNA)
    click = uuid.uuid4()
    for _ in range(2):  # the same click, sent twice by a shaky line
        response = client.post(f"/calls/{second.pk}/pick/", {"id": str(click)})
        assert response.status_code == 202
        assert f'id="intent-{click}"' in response.content.decode()
    intent = Intent.objects.get()
    assert (intent.pk, intent.call, intent.actor, intent.extension, intent.verb) == (click, second, vera, "101", "pick")


def test_a_click_takes_few_questions(client, vera, pbx, django_assert_num_queries):
    """Each is time before the PBX is told: whose session, who, call, shift, clicked before?, how is the PBX; and a
    transaction (of which a test sees the savepoint) of the letter, its line in the journal and the bell."""
    call = office.call(state="talking", ringing=[], talking_to=["101"], answered_at=timezone.now())
    with django_assert_num_queries(6 + 5):
        response = client.post(f"/calls/{call.pk}/hold/", {"id": str(uuid.uuid4())})
    assert response.status_code == 202


def test_a_page_without_scripts_may_pick_as_well(client, vera, pbx):
    call = office.call()
    assert client.post(f"/calls/{call.pk}/pick/").status_code == 202
    assert Intent.objects.get().call == call


@pytest.mark.feature("D6")
def test_who_is_not_on_shift_is_told_to_start_one(client, pbx):
    client.force_login(office.vera(extension=""))
    response = client.post(f"/calls/{office.call().pk}/pick/")
    assert response.status_code == 409
    assert "shift" in response.content.decode()
    assert not Intent.objects.exists()


@pytest.mark.feature("D6", "X4")
def test_while_the_pbx_is_silent_a_click_is_refused_with_how_long(client, vera, pbx):
    call = office.call()
    Lease.objects.update(pbx_seen_at=timezone.now() - timedelta(seconds=42))
    response = client.post(f"/calls/{call.pk}/pick/")
    assert response.status_code == 409
    assert "42" in response.content.decode()
    assert not Intent.objects.exists()


@pytest.mark.feature("D6")
def test_a_call_that_boris_took_is_refused_with_his_name(client, vera, pbx):
    taken = office.call(state="talking", answered_by=office.boris(), talking_to=["102"])
    response = client.post(f"/calls/{taken.pk}/pick/")
    assert response.status_code == 409
    assert "Petrov Boris" in response.content.decode()


@pytest.mark.feature("D6")
@pytest.mark.parametrize(
    ("state", "reason", "args", "said"),
    [
        ("asked", "", {}, "being put through"),
        ("confirmed", "", {}, "on your telephone"),
        ("refused", "taken", {"by": "Petrov Boris"}, "Petrov Boris has taken this call."),
        ("expired", "late", {}, "did not confirm"),
        ("unknown", "lost", {}, "connection"),
    ],
)
def test_vera_reads_what_became_of_her_click_and_nobody_else_does(vera, state, reason, args, said):
    now = timezone.now()
    times = {"asked_at": now, "deadline": now}
    intent = Intent.objects.create(
        verb="pick",
        call=office.call(),
        actor=vera,
        extension="101",
        state=state,
        reason=reason,
        reason_args=args,
        **times,
    )
    draw = registry.renderers["intent"]
    hers = draw([str(intent.pk)], Viewer("en", "dispatcher", vera.pk))[str(intent.pk)]
    assert said in hers
    assert draw([str(intent.pk)], Viewer("en", "dispatcher", office.boris().pk))[str(intent.pk)] is None
