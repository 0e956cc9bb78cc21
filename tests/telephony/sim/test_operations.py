"""Hold, consult, connect, transfer, park: each click is one order to the PBX, and what the PBX shows settles it."""

import asyncio
import uuid

import pytest

from dispatch.staff.models import Shift
from dispatch.staff.refusal import Refused
from orders.models import Draft
from telephony.models import Call, Intent
from telephony.services import control
from tests.telephony import office
from tests.telephony.link.conftest import awaited, in_database

pytestmark = pytest.mark.django_db(transaction=True)

CLIENT = "79161111111"


async def talk(desk, sim) -> Call:
    """Vera at 101 talks with the client."""
    caller = await sim.ring(CLIENT)
    await desk.picks(desk.vera, "101", caller)
    return await desk.row(caller, state="talking", talking_to=["101"])


async def asked(desk, sim, call: Call) -> None:
    """Vera asks Petrov at 103, who answers."""
    await desk.does(desk.vera, "consult", call, to="103")
    await desk.handled(call.key, "hold", "ringing")
    sim.answer("103")
    await desk.handled(call.key, "hold", "talking")


@pytest.fixture
async def petrov(desk):
    """He has a telephone at 103, and is no dispatcher of this shift."""
    return await in_database(lambda: office.person("Ivan Sokolov", extension="103"))


@pytest.mark.feature("D7")
async def test_the_caller_is_held_and_taken_back(desk, sim):
    call = await talk(desk, sim)
    await desk.does(desk.vera, "hold", call)
    held = await desk.handled(call.key, "hold")
    assert (held.handling["by"], held.state, held.talking_to) == ("101", "talking", [])
    other = await sim.ring("79162222222")
    with pytest.raises(Refused, match="End that call first"):
        await desk.picks(desk.vera, "101", other)
    await desk.does(desk.vera, "back", call)
    back = await desk.handled(call.key, "")
    assert (back.talking_to, back.handling) == (["101"], {})


@pytest.mark.feature("D11")
async def test_vera_connects_the_client_to_petrov(desk, sim, petrov):
    call = await talk(desk, sim)
    with pytest.raises(Refused, match="has not answered yet"):
        await desk.asks(desk.vera, "connect", call)
    await desk.does(desk.vera, "consult", call, to="103")
    ringing = await desk.handled(call.key, "hold", "ringing")
    assert ringing.handling["second"]["party"] == "103"
    with pytest.raises(Refused, match="has not answered yet"):
        await desk.asks(desk.vera, "connect", call)
    sim.answer("103")
    await desk.handled(call.key, "hold", "talking")
    await desk.does(desk.vera, "connect", call)
    connected = await desk.row(call.key, talking_to=["103"], handling={})
    transfer = await in_database(lambda: connected.transfers.get())
    assert (transfer.kind, transfer.by, transfer.to, transfer.completed) == ("attended", "101", ["103"], True)
    sim.hang_up(call.key)
    await desk.row(call.key, state="ended", result="answered")


@pytest.mark.feature("D11")
async def test_petrov_is_busy_and_vera_has_the_client_again(desk, sim, petrov):
    call = await talk(desk, sim)
    await desk.does(desk.vera, "consult", call, to="103")
    await desk.handled(call.key, "hold", "ringing")
    sim.say_busy("103")
    back = await desk.row(call.key, talking_to=["101"], handling={})
    transfer = await in_database(lambda: back.transfers.get())
    assert (transfer.completed, transfer.why) == (False, "busy")


@pytest.mark.feature("D11")
async def test_a_consultation_is_cancelled_while_it_rings(desk, sim, petrov):
    call = await talk(desk, sim)
    await desk.does(desk.vera, "consult", call, to="103")
    await desk.handled(call.key, "hold", "ringing")
    await desk.does(desk.vera, "back", call)
    await desk.row(call.key, talking_to=["101"], handling={})
    assert not sim.pbx.find("PJSIP/103")


@pytest.mark.feature("D11")
async def test_vera_swaps_and_swaps_back(desk, sim, petrov):
    call = await talk(desk, sim)
    await asked(desk, sim, call)
    await desk.does(desk.vera, "swap", call)
    swapped = await desk.handled(call.key, "", "held")
    assert swapped.talking_to == ["101"]
    await desk.does(desk.vera, "swap", call)
    await desk.handled(call.key, "hold", "talking")


@pytest.mark.feature("D11")
@pytest.mark.parametrize(("verb", "after"), [("connect", ["103"]), ("together", ["101", "103"])])
async def test_while_petrov_waits_aside_one_click_does_it_too(desk, sim, petrov, verb, after):
    call = await talk(desk, sim)
    await asked(desk, sim, call)
    await desk.does(desk.vera, "swap", call)
    await desk.handled(call.key, "", "held")
    await desk.does(desk.vera, verb, call)
    done = await awaited(lambda: Call.objects.filter(key=call.key, talking_to__contains=after).first())
    assert sorted(done.talking_to) == after
    assert done.phase == ("all" if verb == "together" else "")


@pytest.mark.feature("D11")
async def test_all_three_talk_and_vera_leaves_them(desk, sim, petrov):
    call = await talk(desk, sim)
    await asked(desk, sim, call)
    await desk.does(desk.vera, "together", call)
    all_three = await awaited(lambda: Call.objects.filter(handling__phase="all").first())
    assert set(all_three.talking_to) == {"101", "103"}
    await desk.does(desk.vera, "hang_up", call)
    await desk.row(call.key, talking_to=["103"], handling={})


@pytest.mark.feature("D12")
async def test_a_blind_transfer_goes_at_once_with_its_note_and_form(desk, sim, petrov):
    call = await talk(desk, sim)
    form = await in_database(
        lambda: Draft.objects.create(owner=desk.vera, source=f"call:{call.pk}", fields={"pickup": "Arbat 1"})
    )
    await desk.does(desk.vera, "transfer", call, to="103", note="wants a  minibus")
    on_the_way = await desk.handled(call.key, "transfer")
    assert (on_the_way.handling["to"], on_the_way.note) == ("103", "wants a minibus")
    await awaited(lambda: Call.objects.filter(pk=call.pk, ringing=["103"]).exists())
    sim.answer("103")
    await desk.row(call.key, talking_to=["103"], handling={})
    assert await awaited(lambda: Draft.objects.filter(pk=form.pk, owner=petrov).exists())


@pytest.mark.feature("D12")
async def test_who_refuses_a_transfer_gives_client_and_form_back(desk, sim, petrov):
    call = await talk(desk, sim)
    form = await in_database(lambda: Draft.objects.create(owner=desk.vera, source=f"call:{call.pk}"))
    await desk.does(desk.vera, "transfer", call, to="103")
    await awaited(lambda: Call.objects.filter(pk=call.pk, ringing=["103"]).exists())
    sim.say_busy("103")
    home = await desk.handled(call.key, "home")
    assert home.handling["to"] == "busy"
    await awaited(lambda: Call.objects.filter(pk=call.pk, ringing=["101"]).exists())
    sim.answer("101")
    await desk.row(call.key, talking_to=["101"])
    assert await in_database(lambda: Draft.objects.get(pk=form.pk).owner_id) == desk.vera.pk


@pytest.mark.feature("D12")
async def test_a_client_goes_back_into_the_queue_before_all_others(desk, sim):
    call = await talk(desk, sim)
    await desk.does(desk.vera, "transfer", call, to="queue")
    await desk.row(call.key, state="ringing", handling={})
    await awaited(lambda: Call.objects.filter(pk=call.pk, ringing__contains=["102"]).exists())
    sim.answer("102")
    taken = await desk.row(call.key, talking_to=["102"])
    transfer = await in_database(lambda: taken.transfers.get())
    assert (transfer.kind, transfer.by, transfer.to, transfer.completed) == ("blind", "101", ["102"], True)


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("199", "no extension 199"),
        ("101", "your own telephone"),
        ("", "Say who"),
        ("abc", "no telephone number"),
    ],
)
@pytest.mark.feature("D12")
async def test_a_target_that_cannot_be_is_refused_before_anything_happens(desk, sim, to, sentence):
    call = await talk(desk, sim)
    with pytest.raises(Refused, match=sentence):
        await desk.asks(desk.vera, "transfer", call, to=to)


@pytest.mark.feature("P13")
async def test_vera_parks_and_boris_takes(desk, sim):
    call = await talk(desk, sim)
    await desk.does(desk.vera, "park", call)
    parked = await desk.handled(call.key, "park")
    assert (parked.handling["to"], parked.handling["by"]) == ("701", "101")
    await desk.does(desk.boris, "unpark", call)
    await desk.row(call.key, talking_to=["102"], handling={})
    with pytest.raises(Refused, match="Petrov Boris has taken this call"):
        await desk.asks(desk.vera, "unpark", call)
    sim.hang_up(call.key)
    await desk.row(call.key, state="ended", result="answered")
    assert await in_database(Call.objects.count) == 1


@pytest.mark.feature("P13")
async def test_a_parked_client_whom_no_telephone_answers_stays_parked(desk, sim, settings):
    settings.PICK_SECONDS = 1.0
    call = await talk(desk, sim)
    await desk.does(desk.vera, "park", call)
    await desk.handled(call.key, "park")
    sim.mute("102")
    click = await desk.asks(desk.boris, "unpark", call)
    assert (await desk.becomes(click, "expired")).reason == "late_talk"
    assert (await desk.row(call.key, state="talking")).phase == "park"


async def test_the_same_click_twice_acts_once(desk, sim):
    call = await talk(desk, sim)
    click = uuid.uuid4()
    both = await asyncio.gather(*(desk.asks(desk.vera, "hold", call, intent_id=click) for _ in range(2)))
    assert {intent.pk for intent in both} == {click}
    await desk.becomes(both[0], "confirmed")
    assert await in_database(lambda: Intent.objects.filter(verb="hold").count()) == 1


async def test_keys_are_sent_to_the_other_side_in_their_order(desk, sim):
    call = await talk(desk, sim)
    await desk.does(desk.vera, "keys", call, keys="12#")
    with pytest.raises(Refused, match="Only digits"):
        await desk.asks(desk.vera, "keys", call, keys="1a")


async def test_vera_hangs_up(desk, sim):
    call = await talk(desk, sim)
    await desk.does(desk.vera, "hang_up", call)
    await desk.row(call.key, state="ended")


async def test_a_dispatcher_has_his_own_calls_and_a_supervisor_all(desk, sim):
    call = await talk(desk, sim)
    await desk.does(desk.vera, "hold", call)
    call = await desk.handled(call.key, "hold")

    def may(person, verb):
        return control.may_control(person, call, Shift.objects.filter(person=person).first(), verb)

    def look():
        sofia = office.sofia("104")
        return [may(each, "back") for each in (desk.vera, desk.boris, sofia)]

    assert await in_database(look) == [True, False, True]


@pytest.mark.feature("D11")
async def test_a_link_that_comes_in_the_middle_shows_hold_and_consultation_again(desk, sim, petrov):
    call = await talk(desk, sim)
    await desk.does(desk.vera, "hold", call)
    held = await desk.handled(call.key, "hold")
    await desk.close()
    await in_database(lambda: Call.objects.filter(pk=call.pk).update(handling={}))
    await desk.start_link()
    again = await desk.handled(call.key, "hold")
    assert again.handling["by"] == held.handling["by"] == "101"

    await asked(desk, sim, call)
    await desk.close()
    await desk.start_link()
    await desk.handled(call.key, "hold", "talking")
    await desk.does(desk.vera, "connect", call)
    connected = await desk.row(call.key, talking_to=["103"], handling={})
    transfer = await in_database(lambda: connected.transfers.get())
    assert (transfer.kind, transfer.by, transfer.to, transfer.completed) == ("attended", "101", ["103"], True)


async def test_what_the_break_of_the_line_hid_is_settled_by_the_next_look(desk, sim, petrov):
    call = await talk(desk, sim)
    click = await desk.does(desk.vera, "hold", call)
    lost = await desk.asks(desk.vera, "consult", call, to="103")
    await desk.becomes(lost, "confirmed")
    await in_database(lambda: Intent.objects.filter(pk__in=[click.pk, lost.pk]).update(state="unknown"))
    sim.drop()
    assert (await desk.becomes(lost, "confirmed")).reason == ""
    assert (await desk.becomes(click, "refused")).reason == "not_done_talk"
