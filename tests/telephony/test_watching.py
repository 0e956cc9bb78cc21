"""Sofia, the supervisor, at Vera's conversation: what the web asks and refuses, who sees it, and the journal."""

import re

import pytest
from django.template.loader import render_to_string

from dispatch.audit.models import Entry
from dispatch.live import registry
from telephony.live import render_people
from telephony.models import Call, Extension, Intent
from telephony.selectors import phonebook, talks
from tests.telephony import office
from tests.telephony.test_control import page_of, pbx, talking

__all__ = ["pbx"]

pytestmark = pytest.mark.django_db

VERBS = ("listen", "whisper", "join", "take-over", "stop-watching")
LISTENS = [{"by": "104", "mode": "listen", "of": "101"}]


@pytest.fixture
def vera():
    return office.vera()


@pytest.fixture
def sofia():
    return office.sofia("104")


def conversation(**fields) -> Call:
    call = talking(**fields)
    office.leg(call, "101", outcome="answered", answered_at=call.started_at)
    return call


def drawn(*people, audience: str) -> dict[str, str]:
    viewer = registry.Viewer(language="en", audience=audience)
    return render_people([str(person.pk) for person in people], viewer)


def card(person, call: Call) -> str:
    (talk,) = talks.of_batch(person.pk, [call.pk])
    return " ".join(render_to_string("telephony/_talk.html", {"talk": talk}).split())


@pytest.mark.feature("P18", "P19", "P20")
@pytest.mark.parametrize("verb", VERBS[:4])
def test_she_asks_and_it_is_in_the_journal_who_whom_and_which_call(vera, sofia, pbx, verb):
    call = conversation()
    assert page_of(sofia).post(f"/calls/{call.pk}/{verb}/", {"of": "101"}).status_code == 202
    intent = Intent.objects.get()
    assert (intent.verb, intent.args) == (verb.replace("-", "_"), {"of": "101", "name": "Ivanova Vera"})
    entry = Entry.objects.get(verb=f"call.{intent.verb}")
    assert (entry.actor, entry.target_id, entry.details["whom"]) == (sofia, str(call.pk), "Ivanova Vera")


@pytest.mark.feature("P18", "P19", "P20")
def test_a_dispatcher_does_not_even_know_that_there_is_such_a_thing(vera, sofia, pbx):
    call, boris = conversation(), office.boris()
    for verb in VERBS:
        assert page_of(boris).post(f"/calls/{call.pk}/{verb}/").status_code == 404
    assert "Take over" not in drawn(vera, audience="dispatcher")[str(vera.pk)]
    shown = drawn(vera, audience="supervisor")[str(vera.pk)]
    assert re.findall(rf'action="/calls/{call.pk}/([a-z-]+)/"', shown) == [*VERBS[:4]]
    assert not Intent.objects.exists()


@pytest.mark.feature("P18", "P19", "P20")
def test_who_does_not_talk_cannot_be_listened_to(vera, sofia, pbx):
    assert "Take over" not in drawn(vera, audience="supervisor")[str(vera.pk)]


def refused(sofia, call: Call, verb: str, **said) -> str:
    answer = page_of(sofia).post(f"/calls/{call.pk}/{verb}/", said)
    assert answer.status_code == 409
    return answer.content.decode()


@pytest.mark.feature("P18", "P19", "P20")
def test_what_cannot_be_is_refused_in_words(vera, sofia, pbx):
    over = conversation(state="ended", ended_at="2026-01-01T00:00:00Z", talking_to=[])
    assert refused(sofia, over, "listen", of="101") == "This caller has already rung off."
    call = conversation()
    gone = "That conversation is over, or nobody of ours talks in it now."
    assert refused(sofia, call, "listen", of="102") == gone
    assert refused(sofia, call, "stop-watching") == "You are not listening to this conversation any more."
    Extension.objects.update_or_create(number="104", defaults={"interface": "PJSIP/104", "is_off": True})
    assert refused(sofia, call, "listen") == "Your own telephone is not switched on."


@pytest.mark.feature("P18", "P19", "P20")
def test_without_a_shift_there_is_no_telephone_to_call(vera, pbx):
    assert refused(office.sofia(), conversation(), "listen").startswith("Start your shift first")


@pytest.mark.feature("P18", "P19", "P20")
def test_she_cannot_listen_while_she_talks_or_to_herself(vera, sofia, pbx):
    call, own = conversation(), talking(talking_to=["104"], caller_name="Anna")
    assert refused(sofia, call, "listen") == "You are talking with Anna. End that call first."
    assert refused(sofia, own, "listen", of="104") == "That is your own conversation."


@pytest.mark.feature("P19")
def test_two_do_not_join_at_once(vera, sofia, pbx):
    office.boris("105")
    call = conversation(watchers=[{"by": "105", "mode": "join", "of": "101"}])
    assert refused(sofia, call, "join") == "Petrov Boris has joined this conversation already."


@pytest.mark.feature("P20")
def test_while_she_listens_she_changes_how_but_not_to_whom(vera, sofia, pbx):
    call, other = conversation(watchers=LISTENS), talking(talking_to=["102"])
    assert page_of(sofia).post(f"/calls/{call.pk}/whisper/").status_code == 202
    assert refused(sofia, other, "listen") == "You are listening to a conversation. Stop that first."
    waits = office.call(office.STRANGER, queue="dispatch")
    answer = page_of(sofia).post(f"/calls/{waits.pk}/pick/")
    assert answer.content.decode() == "You are listening to a conversation. Stop that first."


@pytest.mark.feature("P18", "P19", "P20")
@pytest.mark.parametrize(
    ("mode", "hers", "veras"),
    [
        ("listen", "You listen to Ivanova Vera", ""),
        ("whisper", "You whisper to Ivanova Vera", "Sofia whispers to you: the caller does not hear it"),
        ("join", "You have joined Ivanova Vera", "Sofia has joined: all hear each other"),
    ],
)
def test_each_sees_what_is_his_to_see(vera, sofia, settings, mode, hers, veras):
    call = conversation(watchers=[{"by": "104", "mode": mode, "of": "101"}])
    shown = card(sofia, call)
    assert hers in shown
    for other in {"listen", "whisper", "join"} - {mode}:
        assert f'action="/calls/{call.pk}/{other}/"' in shown
    assert f'action="/calls/{call.pk}/{mode}/"' not in shown
    assert "Hang up" not in shown
    assert ("talk-watched" in card(vera, call)) == bool(veras)
    assert veras in card(vera, call)
    settings.LISTENING_IS_SHOWN = True
    assert "talk-watched" in card(vera, call)


@pytest.mark.feature("P17")
def test_the_phone_book_shows_her_at_a_conversation(vera, sofia):
    conversation(watchers=LISTENS)
    shown = drawn(sofia, audience="supervisor")[str(sofia.pk)]
    assert 'data-phone="talking"' in shown
    assert "Ivanova Vera" in shown
    assert "Take over" not in shown
    assert phonebook.states({"104"}) == {"104": "talking"}
