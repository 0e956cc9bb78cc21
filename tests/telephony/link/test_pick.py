"""Vera and Boris pick waiting callers from the list: the whole link against a PBX that is played on the socket."""

import asyncio
import contextlib
import uuid

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.live.models import Change
from dispatch.staff.models import Shift
from dispatch.staff.refusal import Refused
from telephony.ami.guard import Address
from telephony.models import Call, Intent, Lease
from telephony.runner import Runner
from telephony.services import intents
from tests.telephony import office
from tests.telephony.link.conftest import awaited, in_database
from tests.telephony.link.rogue import until
from tests.telephony.link.tiny_pbx import TinyPbx, Waiting

pytestmark = pytest.mark.django_db(transaction=True)


class Office:
    """A PBX, the link that speaks to it, and two dispatchers."""

    def __init__(self, pbx: TinyPbx) -> None:
        self.pbx = pbx

    async def open(self) -> None:
        self.vera, self.boris = await in_database(lambda: (office.vera(), office.boris()))
        await self.start_link()

    async def start_link(self) -> None:
        self.running = asyncio.create_task(Runner(Address.parse(self.pbx.url), holder="test").run())
        await self.is_up()

    async def stop_link(self) -> None:
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running

    async def is_up(self) -> None:
        await awaited(lambda: Lease.objects.filter(pbx=Lease.Pbx.UP).exists())

    async def row(self, caller: Waiting, **wanted) -> Call:
        return await awaited(lambda: Call.objects.filter(key=caller.channel.uniqueid, **wanted).first())

    async def picks(self, who, caller: Waiting) -> Intent:
        extension = {self.vera.pk: "101", self.boris.pk: "102"}[who.pk]
        call = await self.row(caller)
        return await in_database(
            lambda: intents.ask(verb="pick", call=call, actor=who, extension=extension, intent_id=uuid.uuid4())
        )

    async def becomes(self, intent: Intent, state: str, *, seconds: float = 5.0) -> Intent:
        return await awaited(lambda: Intent.objects.filter(pk=intent.pk, state=state).first(), seconds=seconds)


@pytest.fixture
async def desk(transactional_db):
    async with TinyPbx() as pbx:
        desk = Office(pbx)
        await desk.open()
        yield desk
        await desk.stop_link()


@pytest.mark.feature("D6")
async def test_vera_takes_the_second_caller_although_her_phone_rings_with_the_first(desk):
    first = desk.pbx.comes("79161111111", first=True)
    second = desk.pbx.comes("79162222222", rings=())
    await desk.row(first, ringing=["101", "102"])
    click = await desk.picks(desk.vera, second)
    await until(lambda: "101" in second.legs)
    assert desk.pbx.received("QueueWithdrawCaller")[0] | {"ActionID": ""} == {
        "Action": "QueueWithdrawCaller",
        "ActionID": "",
        "Queue": "dispatch",
        "Caller": second.channel.name,
        "WithdrawInfo": "101",
    }
    assert (await desk.becomes(click, "sent")).resolved_at is None  # accepted is not done
    desk.pbx.lifts(second, "101")
    await desk.becomes(click, "confirmed")
    taken = await desk.row(second, state="talking", talking_to=["101"])
    assert (taken.answered_by_id, taken.answered_extension) == (desk.vera.pk, "101")
    await desk.row(first, state="ringing", ringing=["102"])  # he waits, and rings at Boris's
    assert not desk.pbx.received("Redirect")
    told = await in_database(lambda: list(Change.objects.filter(kind="intent").values_list("topic", "key")))
    assert set(told) == {(f"person.{desk.vera.pk}", str(click.pk))}
    journal = await in_database(
        lambda: list(Entry.objects.filter(verb__startswith="call.").values_list("verb", "actor"))
    )
    assert set(journal) == {("call.pick", desk.vera.pk), ("call.picked", desk.vera.pk)}


@pytest.mark.feature("W1")
async def test_a_click_goes_to_the_telephone_in_the_browser_while_that_is_registered(desk, settings):
    settings.PHONE_URL = "/phone-line/"
    contacts = {"101w": "PJSIP/101w/sip:tab@10.0.0.5"}

    def getvar(asker, action):
        asked = action["Variable"].removeprefix("PJSIP_DIAL_CONTACTS(").removesuffix(")")
        asker.reply(action, Value=contacts.get(asked, ""))

    desk.pbx.answers["Getvar"] = getvar
    caller = desk.pbx.comes("79161111111", rings=())
    click = await desk.picks(desk.vera, caller)
    await until(lambda: "101w" in caller.legs)
    desk.pbx.lifts(caller, "101w")
    await desk.becomes(click, "confirmed")
    await desk.row(caller, state="talking", talking_to=["101"])  # both are hers
    contacts.clear()
    other = desk.pbx.comes("79162222222", rings=())
    await desk.picks(desk.boris, other)
    await until(lambda: "102" in other.legs)


@pytest.mark.feature("D6")
async def test_the_first_in_the_queue_is_let_go_at_once_although_phones_ring_with_him(desk):
    first = desk.pbx.comes("79161111111", first=True)
    await desk.row(first, ringing=["101", "102"])
    legs = {leg.uniqueid for leg in first.legs.values()}
    click = await desk.picks(desk.boris, first)
    await until(lambda: list(first.legs) == ["102"] and not first.in_queue, seconds=1.0)
    assert {action["Channel"] for action in desk.pbx.received("Hangup")} == legs
    desk.pbx.lifts(first, "102")
    await desk.becomes(click, "confirmed")
    assert not desk.pbx.received("Redirect")


@pytest.mark.feature("D6")
async def test_a_phone_that_begins_to_ring_in_the_moment_of_the_click_stops_too(desk):
    first = desk.pbx.comes("79161111111", first=True, rings=())
    await desk.row(first)
    late = desk.pbx.rings_at_the_next_key(first, "101")
    click = await desk.picks(desk.boris, first)
    await until(lambda: list(first.legs) == ["102"] and not first.in_queue, seconds=1.0)
    assert [action["Channel"] for action in desk.pbx.received("Hangup")] == [late[0].uniqueid]
    desk.pbx.lifts(first, "102")
    await desk.becomes(click, "confirmed")
    assert not desk.pbx.received("Redirect")


async def test_one_whom_the_queue_does_not_let_go_is_fetched(desk):
    first = desk.pbx.comes("79161111111", first=True)
    desk.pbx.deaf = True
    click = await desk.picks(desk.boris, first)
    await until(lambda: desk.pbx.received("Redirect"))
    order = desk.pbx.received("Redirect")[0]
    assert (order["Channel"], order["Context"], order["Exten"]) == (first.channel.uniqueid, "desk-pick", "102")
    desk.pbx.lifts(first, "102")
    await desk.becomes(click, "confirmed")


@pytest.mark.feature("D6")
async def test_both_click_in_the_same_instant_and_one_is_told_who_was_quicker(desk):
    caller = desk.pbx.comes("79161111111")
    call = await desk.row(caller)

    def both():
        asked = {"verb": "pick", "call": call}
        with transaction.atomic():  # the link finds both letters at once
            hers = intents.ask(**asked, actor=desk.vera, extension="101", intent_id=uuid.uuid4())
            his = intents.ask(**asked, actor=desk.boris, extension="102", intent_id=uuid.uuid4())
        return hers, his

    hers, his = await in_database(both)
    refused = await desk.becomes(his, "refused")
    assert (refused.reason, refused.reason_args) == ("taken", {"by": "Ivanova Vera"})
    await until(lambda: "101" in caller.legs)
    desk.pbx.lifts(caller, "101")
    await desk.becomes(hers, "confirmed")
    assert len(desk.pbx.received("QueueWithdrawCaller")) == 1


@pytest.mark.feature("D6")
async def test_who_clicks_a_moment_later_is_told_at_once(desk):
    caller = desk.pbx.comes("79161111111")
    await desk.becomes(await desk.picks(desk.vera, caller), "sent")
    with pytest.raises(Refused, match="Ivanova Vera has taken this call"):
        await desk.picks(desk.boris, caller)


async def test_a_caller_whom_somebody_answered_at_the_phone_is_not_torn_away(desk):
    caller = desk.pbx.comes("79161111111")
    call = await desk.row(caller)
    desk.pbx.lifts(caller, "102")
    await desk.row(caller, state="talking")

    def late():  # her page has not heard of it: the row that she saw still rings
        return Intent.objects.create(
            verb="pick",
            call=call,
            actor=desk.vera,
            extension="101",
            asked_at=timezone.now(),
            deadline=timezone.now() + timezone.timedelta(seconds=8),
        )

    click = await in_database(late)
    refused = await desk.becomes(click, "refused")
    assert (refused.reason, refused.reason_args) == ("taken", {"by": "Petrov Boris"})
    assert not desk.pbx.received("QueueWithdrawCaller")


async def test_the_queue_knows_better_who_was_first(desk):
    caller = desk.pbx.comes("79161111111")
    await desk.row(caller)
    caller.asked_by = "somebody at another desk"
    refused = await desk.becomes(await desk.picks(desk.vera, caller), "refused")
    assert refused.reason == "taken"


@pytest.mark.parametrize(("result", "reason"), [("NOANSWER", "no_answer"), ("CHANUNAVAIL", "no_phone")])
async def test_who_does_not_lift_gives_the_caller_his_place_again(desk, result, reason):
    caller = desk.pbx.comes("79161111111")
    click = await desk.picks(desk.vera, caller)
    await until(lambda: caller.asked_by == "101" and "101" in caller.legs)
    desk.pbx.does_not_lift(caller, "101", result)
    assert (await desk.becomes(click, "refused")).reason == reason
    assert (await desk.row(caller, state="ringing")).result == ""
    again = await desk.picks(desk.boris, caller)
    await until(lambda: "102" in caller.legs)
    desk.pbx.lifts(caller, "102")
    await desk.becomes(again, "confirmed")


async def test_a_caller_who_rings_off_meanwhile_is_gone(desk):
    caller = desk.pbx.comes("79161111111")
    click = await desk.picks(desk.vera, caller)
    await until(lambda: caller.asked_by)
    desk.pbx.rings_off(caller)
    assert (await desk.becomes(click, "refused")).reason == "over"
    assert (await desk.row(caller, state="ended")).answered_by is None


async def test_what_the_pbx_never_confirms_expires(desk, settings):
    settings.PICK_SECONDS = 1.0
    caller = desk.pbx.comes("79161111111")
    click = await desk.picks(desk.vera, caller)
    assert (await desk.becomes(click, "expired")).reason == "late"


async def test_the_same_click_twice_is_one(desk):
    caller = desk.pbx.comes("79161111111")
    call = await desk.row(caller)
    number = uuid.uuid4()
    click = {"verb": "pick", "call": call, "actor": desk.vera, "extension": "101"}
    for given in (number, number, uuid.uuid4()):
        intent = await in_database(lambda given=given: intents.ask(**click, intent_id=given))
        assert intent.pk == number
    await until(lambda: caller.asked_by)
    assert len(desk.pbx.received("QueueWithdrawCaller")) == 1


async def test_who_talks_is_told_to_end_that_call_first(desk):
    talking, waiting = desk.pbx.comes("79161111111"), desk.pbx.comes("79162222222", rings=("102",))
    desk.pbx.lifts(talking, "101")
    await desk.row(talking, state="talking")
    with pytest.raises(Refused, match=r"You are talking with 8 \(916\) 111-11-11"):
        await desk.picks(desk.vera, waiting)


async def test_without_the_pbx_a_click_is_refused_with_a_sentence(desk):
    caller = desk.pbx.comes("79161111111")
    await desk.row(caller)
    await desk.pbx.stop()
    await awaited(lambda: Lease.objects.filter(pbx=Lease.Pbx.DOWN).exists())
    with pytest.raises(Refused, match="No connection to the telephone exchange for 0 s"):
        await desk.picks(desk.vera, caller)


# --- when the line breaks in the middle


async def click_that_the_break_caught(desk) -> tuple[Waiting, Intent]:
    """The PBX took it, and the queue has not yet let him go."""
    caller = desk.pbx.comes("79161111111")
    caller.withdraws_by_itself = False
    desk.pbx.deaf = True
    del desk.pbx.answers["Redirect"]
    click = await desk.picks(desk.vera, caller)
    await until(lambda: caller.asked_by)
    await desk.pbx.stop()
    await desk.becomes(click, "unknown")
    desk.pbx.actions.clear()
    return caller, click


@pytest.mark.parametrize(
    ("meanwhile", "state", "reason"), [("lifts", "confirmed", ""), ("rings_off", "refused", "over")]
)
async def test_a_click_whose_outcome_was_not_seen_is_settled_by_the_next_look(desk, meanwhile, state, reason):
    caller, click = await click_that_the_break_caught(desk)
    if meanwhile == "lifts":
        desk.pbx.lifts(caller, "101")
    if meanwhile == "rings_off":
        desk.pbx.rings_off(caller)
    await desk.pbx.start()
    settled = await desk.becomes(click, state)
    assert (settled.reason, desk.pbx.received("QueueWithdrawCaller")) == (reason, [])


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_click_that_the_break_caught_is_carried_out_while_the_caller_waits(desk, arrived):
    caller, click = await click_that_the_break_caught(desk)
    desk.pbx.deaf = False
    if not arrived:
        caller.asked_by = ""
    await desk.pbx.start()
    await until(lambda: list(caller.legs) == ["101"] and not caller.in_queue)
    desk.pbx.lifts(caller, "101")
    await desk.becomes(click, "confirmed")
    assert len(desk.pbx.received("QueueWithdrawCaller")) == 1


async def test_a_click_that_is_too_late_after_a_break_is_not_carried_out(desk):
    caller, click = await click_that_the_break_caught(desk)
    await in_database(lambda: Intent.objects.update(deadline=timezone.now()))
    await desk.pbx.start()
    assert (await desk.becomes(click, "refused")).reason == "not_done"
    assert not desk.pbx.received("QueueWithdrawCaller")
    assert caller.in_queue


@pytest.mark.feature("D5")
async def test_calls_go_on_and_end_rightly_over_a_restart_of_the_link(desk):
    stays, goes = desk.pbx.comes("79161111111"), desk.pbx.comes("79162222222")
    desk.pbx.lifts(stays, "101")
    await desk.row(stays, state="talking")
    await desk.row(goes)
    await desk.stop_link()
    desk.pbx.rings_off(goes)
    await desk.start_link()
    assert (await desk.row(goes, state="ended")).result == "lost_link"
    kept = await desk.row(stays, state="talking")
    assert (kept.answered_by_id, kept.talking_to) == (desk.vera.pk, ["101"])
    desk.pbx.rings_off(stays)
    assert (await desk.row(stays, state="ended")).result == "answered"
    assert await in_database(Call.objects.count) == 2


@pytest.mark.feature("C1", "R1")
async def test_the_queue_rings_whoever_is_on_shift(desk):
    def leaves():
        Shift.objects.filter(person=desk.boris).update(ended_at=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify('link_bell', '')")

    await until(lambda: desk.pbx.members == {"PJSIP/101": "Ivanova Vera", "PJSIP/102": "Petrov Boris"})
    desk.pbx.members["PJSIP/guard"] = "none of ours"
    await in_database(leaves)
    await until(lambda: set(desk.pbx.members) == {"PJSIP/101", "PJSIP/guard"}, seconds=1.0)


async def test_while_the_database_does_not_answer_nothing_is_lost(desk):
    """Its connections are cut again and again; the calls of that time are there afterwards."""

    def cut():
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )

    callers = []
    for number in range(6):
        callers.append(desk.pbx.comes(f"7916000000{number}"))
        await in_database(cut)
        desk.pbx.lifts(callers[-1], "101")
    for caller in callers:
        await desk.row(caller, state="talking")
    assert not desk.running.done()
