"""Every action is answered as by the real PBX: the same status, the same sentence, the same headers in their order."""

import json
from pathlib import Path

import pytest

from tests.telephony.sim.client import Message, parse

RECORDED = json.loads(Path(__file__).with_name("tapes").joinpath("answers.json").read_text(encoding="utf-8"))
OUR_OWN = {"trunk", "101w", "102w", "103w", "104w", "109"}  # which endpoints a site has is its own affair


def recorded(text: str) -> list[Message]:
    return parse(text.replace("\n", "\r\n").rstrip("\r\n").encode() + b"\r\n\r\n")


async def ask(ami, action):
    headers = {key: value for key, value in action.items() if key != "Action"}
    first = await ami.order(action["Action"], **headers)
    if first["EventList"] != "start":
        return [first]
    own = first["ActionID"]
    await ami.wait(lambda m: m["ActionID"] == own and m["EventList"] == "Complete")
    return [m for m in ami.messages if m["ActionID"] == own]


def shape(messages: list[Message]) -> dict[str, set[tuple[str, ...]]]:
    """The headers of the response and of each kind of item."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for message in messages:
        found.setdefault(message["Event"] or "Response", set()).add(message.names)
    return found


async def test_an_idle_pbx_answers_like_the_real_one(sim, ami):
    for story in RECORDED["idle"]:
        theirs = recorded(story["answer"])
        ours = await ask(ami, story["action"])

        assert ours[0]["Response"] == theirs[0]["Response"], story["action"]
        assert ours[0]["Message"] == theirs[0]["Message"], story["action"]
        assert ours[0].names == theirs[0].names, story["action"]
        ours_shape, theirs_shape = shape(ours), shape(theirs)
        for event in ours_shape.keys() & theirs_shape.keys():
            assert ours_shape[event] <= theirs_shape[event], (story["action"], event)
        assert ours[-1]["Event"] == theirs[-1]["Event"]


@pytest.mark.parametrize("story", RECORDED["in a call"], ids=lambda story: story["action"]["Action"])
async def test_a_busy_pbx_shows_its_calls_like_the_real_one(sim, ami, story):
    await ami.add("101", "102")
    if story["action"]["Action"] == "QueueStatus":
        await sim.ring("79161234567")
        await ami.rings("101")
    else:
        await sim.ring("79161234567")
        await ami.rings("102")
        sim.answer("102")
        await ami.event("BridgeEnter", BridgeNumChannels="2")
    action = dict(story["action"])
    if action["Action"] == "BridgeInfo":
        action["BridgeUniqueid"] = (await ami.event("BridgeCreate"))["BridgeUniqueid"]

    assert shape(await ask(ami, action)) == shape(recorded(story["answer"]))


async def test_a_withdrawal_is_refused_in_the_words_of_the_real_one(sim, ami):
    await ami.add("101")
    await sim.ring("79161234567")
    caller = (await ami.event("QueueCallerJoin"))["Channel"]

    async def said(**headers):
        reply = await ami.order("QueueWithdrawCaller", **headers)
        return reply["Response"], reply["Message"]

    assert await said(Queue="dispatch") == ("Error", "'Caller' not specified.")
    assert await said(Queue="nope", Caller=caller) == (
        "Error",
        "Unable to request withdraw from queue: No such queue",
    )
    assert await said(Queue="dispatch", Caller="PJSIP/trunk-ffffffff") == (
        "Error",
        "Unable to request withdraw from queue: No such caller",
    )
    assert await said(Queue="dispatch", Caller=caller, WithdrawInfo="101") == (
        "Success",
        "Withdraw requested successfully",
    )
    assert await said(Queue="dispatch", Caller=caller, WithdrawInfo="102") == (
        "Error",
        "Unable to request withdraw from queue: Already requested",
    )


async def test_status_shows_the_variables_that_were_asked_for(sim, ami):
    uniqueid = await sim.ring("79161234567")
    await ami.order("Setvar", Channel=uniqueid, Variable="DISP_HOLD", Value="1")
    _, shown, _ = await ami.read_list("Status", Channel=uniqueid, Variables="DISP_HOLD,CHANNEL(linkedid)")
    assert ("Variable", "DISP_HOLD=1") in shown.headers
    assert ("Variable", f"CHANNEL(linkedid)={uniqueid}") in shown.headers
    assert ("ChanVariable", "DISP_HOLD=1") in shown.headers
