"""`bin/bench pop`: from the event on the PBX's socket to the painted card in Chromium, at two calls a second.

Beside it, in the same run and the same browser, a bare AMI-to-WebSocket relay (bench/_relay.py).
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bench._figures import Figure, finish, share
from dispatch.embedded import process, servers
from telephony.sim.simulator import Simulator

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAUSE = 0.5  # seconds between two callers
PATIENCE = 4.0  # seconds that each of them waits, on average: they ring off at any moment between two calls
GOLDEN = 0.618034  # multiples of it are spread evenly over the fractions
WARM_UP = 6  # callers that are not counted

# Notes for each line that appears in the list when it has been painted: after the next frame.
WATCH = """(chosen) => {
  window.painted = {};
  const note = (line) => {
    const digits = line.textContent.replace(/\\D/g, "").match(/9[12]6\\d{7}/);
    if (!digits || digits[0] in window.painted) return;
    window.painted[digits[0]] = null;
    requestAnimationFrame(() => setTimeout(() => {
      window.painted[digits[0]] = performance.timeOrigin + performance.now();
    }));
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeName === "LI") note(node);
  }).observe(document.querySelector(chosen), { childList: true });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench pop")
    parser.add_argument("--quick", action="store_true", help="fewer calls, under 50 seconds in all")
    quick = parser.parse_args().quick
    folder = Path(tempfile.mkdtemp(prefix="taxi-bench-"))
    folder.chmod(0o755)
    try:
        ours, relays, lost = asyncio.run(measure(folder, calls=30 if quick else 120))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    floor = share(relays, 0.5)
    finish(
        [
            Figure("bare relay, median", floor, "ms"),
            Figure("bare relay, p95", share(relays, 0.95), "ms"),
            Figure("event to painted card, median", share(ours, 0.5), "ms", floor + 60),
            Figure("event to painted card, p95", share(ours, 0.95), "ms", 300),
            Figure("cards that did not come", lost, "", 0),
        ]
    )


async def measure(folder: Path, *, calls: int) -> tuple[list[float], list[float], int]:
    """Milliseconds of each call on our desk and on the relay's page, and how many never came."""
    async with Simulator(user="bench", secret="bench", recordings=folder / "sound") as sim:  # noqa: S106
        with house(folder, sim.port) as (address, relay, sign_ins):
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
                desk = await open_desk(browser, address, sign_ins)
                bare = await browser.new_page()
                await bare.goto(relay)
                await desk.evaluate(WATCH, '[data-live="call"]')
                await bare.evaluate(WATCH, "ol")
                rang: dict[str, float] = {}
                for place in range(calls + WARM_UP):
                    number = f"916{place:07d}"
                    rang[number] = time.time() * 1000
                    await sim.ring(f"7{number}", patience=PATIENCE + PAUSE * (place * GOLDEN % 1 - 0.5))
                    await asyncio.sleep(PAUSE)
                await asyncio.sleep(2)
                counted = dict(list(rang.items())[WARM_UP:])
                painted = [await page.evaluate("window.painted") for page in (desk, bare)]
                await browser.close()
    taken = [[seen[n] - at for n, at in counted.items() if seen.get(n)] for seen in painted]
    return taken[0], taken[1], len(counted) - len(taken[0])


@contextmanager
def house(folder: Path, ami: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Web and link on the simulator, and the relay; yields both addresses and the passwords."""
    running: list[subprocess.Popen[bytes]] = []
    database = servers.postgres(folder, port=process.free_port(25432))
    broker = servers.valkey(folder / "valkey", port=process.free_port(26379))
    port, bare = process.free_port(25800), process.free_port(25900)
    env = {
        **os.environ, "DATABASE_URL": database.url, "REDIS_URL": broker.url, "SECRET_KEY": "bench" * 10,
        "HTTPS": "false", "VAR_DIR": str(folder), "RECORDINGS_DIR": str(folder / "sound"), "LOG_LEVEL": "WARNING",
        "AMI_URL": f"ami://bench:bench@127.0.0.1:{ami}", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    manage: list[str | Path] = [sys.executable, ROOT / "manage.py"]
    try:
        subprocess.run([*manage, "prepare"], env=env, cwd=ROOT, check=True)  # noqa: S603
        daphne: list[str | Path] = [sys.executable, "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(port)]
        relay: list[str | Path] = [sys.executable, "-m", "bench._relay", str(ami), "bench", "bench", str(bare)]
        for command in ([*daphne, "dispatch.asgi:application"], [*manage, "link"], relay):
            running.append(process.start(command, env=env, cwd=ROOT))
        address = f"http://127.0.0.1:{port}/"
        sign_ins = {one["username"]: one["password"] for one in json.loads((folder / "sign-in.json").read_text())}
        yield address, f"http://127.0.0.1:{bare}/", sign_ins
    finally:
        for one in reversed(running):
            process.stop(one)
        broker.stop()
        database.stop()


async def open_desk(browser: Browser, address: str, sign_ins: dict[str, str]) -> Page:
    """Vera signs in and starts her shift; returns her desk when the link is up and the socket open."""
    end = time.monotonic() + 40
    while not await asyncio.to_thread(is_ready, address):
        if time.monotonic() > end:
            raise TimeoutError("the house was not ready within 40 s")
        await asyncio.sleep(0.2)
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    await page.goto(address)
    await page.fill("input[name=username]", "vera")
    await page.fill("input[name=password]", sign_ins["vera"])
    await page.press("input[name=password]", "Enter")
    await page.wait_for_url("**/shift/")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/")
    await page.wait_for_selector('[data-live="call"]', state="attached")
    await asyncio.sleep(2)
    return page


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address + "readyz", timeout=3) as answer:  # noqa: S310
            return bool(json.load(answer)["status"] == "ok")
    except (OSError, ValueError):
        return False


if __name__ == "__main__":
    main()
