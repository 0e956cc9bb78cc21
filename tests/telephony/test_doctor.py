"""Anton has the PBX examined: what he asks, what the page shows while it goes on, and what each finding says."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from dispatch.audit.models import Entry
from dispatch.staff.models import Role
from dispatch.staff.refusal import Refused
from telephony.core import dialplan
from telephony.core.board import Board
from telephony.core.pbx import Chan, ChannelNew
from telephony.doctor import examination as source
from telephony.doctor import findings as f
from telephony.doctor import wire, words
from telephony.models import Examination
from telephony.services import examinations
from tests.telephony import office

pytestmark = pytest.mark.feature("P1")

OURS = dialplan.read(
    """
[desk-hold]
exten => _X.,1,Answer()            ; he is there
 same => n(loop),MusicOnHold(${DESK_MOH},2)
 same => n,Set(PJSIP_HEADER(add,Call-Info)=<sip:x>\\;answer-after=0)
exten => s,1,Hangup(16)
[staff]
include => staff-hints
exten => 101,hint,PJSIP/101
"""
)


@pytest.fixture
def anton(db):
    return office.person("Anton Lebedev", Role.ADMINISTRATOR)


@pytest.fixture
def page(client, anton):
    client.force_login(anton)
    return client


def listed(context, *, without=(), more=()):
    steps = [(exten, str(at), *order.rstrip(")").split("(", 1)) for (exten, at), order in context.steps.items()]
    return dialplan.listed([step for step in [*steps, *more] if step[:2] not in without], context.includes)


def test_a_file_of_the_dialplan_is_read_as_asterisk_lists_it():
    assert OURS["desk-hold"].steps == {
        ("_X.", 1): "answer()",
        ("_X.", 2): "musiconhold(${DESK_MOH},2)",
        ("_X.", 3): "set(PJSIP_HEADER(add,Call-Info)=<sip:x>;answer-after=0)",
        ("s", 1): "hangup(16)",
    }
    assert OURS["staff"] == dialplan.Context({}, {"staff-hints"})


def test_what_an_office_adds_to_a_context_is_its_own_affair_and_what_it_lacks_is_not():
    same = {name: listed(context) for name, context in OURS.items()}
    more = listed(OURS["desk-hold"], more=[("_810X.", "1", "Dial", "PJSIP/x")])
    old = listed(OURS["desk-hold"], without=[("_X.", "2")])
    assert dialplan.differs(OURS, same) == ([], [])
    assert dialplan.differs(OURS, same | {"desk-hold": more}) == ([], [])
    assert dialplan.differs(OURS, same | {"desk-hold": old}) == ([], ["desk-hold"])
    assert dialplan.differs(OURS, same | {"desk-hold": None}) == (["desk-hold"], [])


def test_the_doctors_calls_are_none_of_the_office():
    board = Board()
    end = Chan("doctor1.1", "Local/sound@desk-doctor-00000001;1", "Ring", "", "", "desk-doctor", "sound", "doctor1.1")
    assert board.apply(ChannelNew(1.0, end)) == ()
    assert not board.calls


SAID = [
    said
    for file in (source, wire)
    for said in re.findall(r'(?:ok|warn|fail|unchecked)\(\s*"(\w+)"', Path(file.__file__).read_text())
]
NAMES = (
    "holder host port user why version tested seconds classes of folder contexts files number names city trunk name "
    "queue first last codes numbers ours url status"
)
BROWSERS = ("no_web_endpoint", "web_media", "web_bundle", "web_contact")
ARGS = dict.fromkeys(NAMES.split(), "100 %")


@pytest.mark.parametrize("language", ["en", "ru", "ar", "he", "pl"])
def test_every_finding_has_its_sentence_in_every_language(language):
    with translation.override(language):
        said = {id_: words.sentence(id_, ARGS) for id_ in {*SAID, "busy_at", "no_hint", "no_endpoint", *BROWSERS}}
        assert len(said) > 50
        assert all(said.values())
        assert all(words.name(check) for check in f.CHECKS)
    if language == "ar":
        assert "\u2066100 %\u2069" in said["no_queue"], "a name stays whole in a line that runs the other way"


def test_what_fails_says_what_to_write_where():
    told = {id_: words.mend(id_, ARGS) for id_ in set(SAID)}
    assert told["may_not"].splitlines()[:2] == [
        "; manager.conf, [link](!)",
        "write = system,call,agent,originate,reporting,user",
    ]
    assert not told["call"]


# --- the page


def test_anton_asks_and_sees_that_it_waits_for_the_link(page, anton, django_assert_num_queries):
    assert "Examine now" in page.get("/staff/doctor/").content.decode()
    assert page.post("/staff/doctor/").status_code == 302
    asked = Examination.objects.get()
    assert (asked.asked_by, asked.ring) == (anton, [])
    assert Entry.objects.filter(verb="pbx.examined", actor=anton).count() == 1
    with django_assert_num_queries(3):
        shown = page.get("/staff/doctor/", headers={"HX-Request": "true"}).content.decode()
    assert "waits for the link" in shown
    assert "every 700ms" in shown
    page.post("/staff/doctor/")
    assert Examination.objects.count() == 1, "it is asked for already"


def test_findings_grow_check_by_check_and_each_says_its_state_in_a_word(page, anton):
    asked = examinations.ask(actor=anton)
    asked.begun_at = timezone.now()
    asked.found = [
        {"check": f.LINK, "findings": [{"state": f.OK, "said": "link_active", "args": {"holder": "one:1"}}]},
        {"check": f.CLOCK, "findings": [{"state": f.FAIL, "said": "clock_differs", "args": {"seconds": "90.0"}}]},
    ]
    asked.save()
    shown = page.get("/staff/doctor/").content.decode()
    assert "one:1 holds the line" in shown
    assert "timedatectl set-ntp true" in shown
    assert "to be mended" in shown
    assert 'value="2"' in shown
    assert "every 700ms" in shown
    asked.finished_at = timezone.now()
    asked.save()
    shown = page.get("/staff/doctor/").content.decode()
    assert "every 700ms" not in shown
    assert "1 thing to be mended" in shown


def test_without_a_link_the_page_says_so_and_waits_no_longer(page, anton):
    examinations.ask(actor=anton)
    Examination.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    shown = page.get("/staff/doctor/").content.decode()
    assert "manage.py link" in shown
    assert "every 700ms" not in shown
    assert page.post("/staff/doctor/").status_code == 302
    assert Examination.objects.count() == 2


@pytest.mark.parametrize("ring", [["101", "101"], ["101"], ["101", "999"], ["101", "102", "103"]])
def test_only_two_different_telephones_of_the_office_are_rung(page, ring):
    office.vera(), office.boris()
    refused = page.post("/staff/doctor/", {"ring": ring})
    assert refused.status_code == 409
    assert "Choose two different telephones." in refused.content.decode()
    assert not Examination.objects.exists()


def test_only_the_latest_are_kept(anton):
    for _ in range(examinations.KEPT + 3):
        examinations.ask(actor=anton)
        Examination.objects.update(finished_at=timezone.now())
    assert Examination.objects.count() == examinations.KEPT
    with pytest.raises(Refused):
        examinations.ask(actor=anton, ring=["1", "2"])


# --- the command


def doctor(*args):
    out = io.StringIO()
    code = 0
    try:
        call_command("doctor", *args, stdout=out)
    except SystemExit as ended:
        code = int(ended.code)
    return code, out.getvalue()


def test_the_command_says_what_is_wrong_and_ends_with_one(db):
    code, said = doctor("--ami", "ami://desk:x@127.0.0.1:1")
    assert code == 1
    assert "FAIL  Link: No link is running" in said
    assert "FAIL  Connection and sign-in: Nothing listens at 127.0.0.1:1." in said
    assert "          port = 1" in said


def test_the_command_speaks_the_language_that_is_asked_for(db):
    assert "AMI_URL=ami://dispatch:SECRET@HOST:5038" in doctor("--ami", "", "--language", "ru")[1]
    assert "No PBX" not in doctor("--ami", "", "--language", "ru")[1]


def test_the_command_rings_none_but_telephones_of_the_office(db):
    with pytest.raises(CommandError, match="no such extension: 998, 999"):
        call_command("doctor", "--ami", "", "--ring", "998", "999")
