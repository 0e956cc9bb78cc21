"""The page that steers the town, by hand and by program."""

import asyncio
import json

import pytest

from telephony.sim.page import Page
from telephony.sim.timetable import Timetable


@pytest.fixture
async def page(sim):
    page = Page(sim, Timetable(sim))
    page.port = await page.listen(0)
    yield page
    await page.close()


async def ask(port, method, path, body="", **headers):
    """Status, headers, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(body.encode())), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n{body}".encode())
    answer = (await reader.read()).decode()
    writer.close()
    head, _, text = answer.partition("\r\n\r\n")
    return int(head.split()[1]), head, text


async def order(port, path, body=""):
    status, _, text = await ask(port, "POST", path, body, Accept="application/json")
    return status, json.loads(text)


async def test_the_page_shows_phones_and_calls(sim, ami, page):
    await ami.add("101")
    await sim.ring("79161234567")
    await ami.rings("101")
    status, _, html = await ask(page.port, "GET", "/")
    assert status == 200
    assert "79161234567" in html
    assert "waits in the queue" in html
    assert 'value="101"><button>Answer</button>' in html


async def test_the_page_runs_nothing_that_is_not_its_own(page):
    _, head, html = await ask(page.port, "GET", "/")
    assert "default-src 'none'; script-src 'self'" in head
    assert "<script>" not in html
    assert "style=" not in html
    assert " on" + "click" not in html


async def test_a_name_from_the_wire_cannot_become_markup(sim, page):
    await sim.ring("<b>7</b>")
    _, _, html = await ask(page.port, "GET", "/office")
    assert "<b>7</b>" not in html
    assert "&lt;b&gt;7&lt;/b&gt;" in html


async def test_everything_works_without_the_script(sim, page):
    status, head, _ = await ask(page.port, "POST", "/ring", "kind=client")
    assert status == 303
    assert "Location: /" in head
    assert len(sim.pbx.channels) == 1


async def test_a_program_steers_a_whole_call(sim, ami, page):
    await ami.add("101")
    status, said = await order(page.port, "/ring", "number=79161234567&name=Иван")
    assert status == 200
    await ami.rings("101")
    assert (await order(page.port, "/answer", "phone=101"))[0] == 200
    await ami.event("BridgeEnter", BridgeNumChannels="2")
    _, _, text = await ask(page.port, "GET", "/state.json")
    state = json.loads(text)
    assert [channel["state"] for channel in state["channels"]] == ["Up", "Up"]
    assert state["members"] == ["PJSIP/101"]
    assert (await order(page.port, "/hang-up", f"who={said['channel']}"))[0] == 200
    await ami.event("Hangup", Uniqueid=said["channel"])


async def test_what_cannot_be_done_is_said_in_a_sentence(page):
    assert await order(page.port, "/answer", "phone=101") == (409, {"error": "101 does not ring"})
    assert (await order(page.port, "/pace", "pace=much"))[0] == 409
    assert (await order(page.port, "/ring", "kind=ghost"))[0] == 409
    status, _, html = await ask(page.port, "POST", "/answer", "phone=101")
    assert status == 409
    assert '<p class="trouble" role="alert">101 does not ring</p>' in html


async def test_the_pace_is_steered(page):
    await order(page.port, "/pace", "pace=4")
    await order(page.port, "/pace", "step=faster")
    await order(page.port, "/pause")
    _, _, text = await ask(page.port, "GET", "/state.json")
    assert json.loads(text)["pace"] == 6
    assert json.loads(text)["running"] is False


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("POST", {"Origin": "http://elsewhere.example"}, 403),
        ("POST", {"Host": "elsewhere.example"}, 403),
        ("GET", {"Host": "elsewhere.example"}, 403),
        ("PUT", {}, 404),
        ("POST", {"Content_Length": "99999999"}, 400),
        ("POST", {"Content_Length": "-1"}, 400),
    ],
)
async def test_other_sites_and_nonsense_are_refused(sim, page, method, headers, expected):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    status, _, _ = await ask(page.port, method, "/ring", "", **sent)
    assert status == expected
    assert sim.pbx.channels == {}


async def test_garbage_is_no_request(page):
    reader, writer = await asyncio.open_connection("127.0.0.1", page.port)
    writer.write(b"\xff\xfe garbage\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
    writer.close()
