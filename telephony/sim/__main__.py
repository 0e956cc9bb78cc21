"""`python -m telephony.sim`: the pretend PBX as a process. Prints `sim ready ami=PORT page=PORT` when it listens."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from telephony.sim.page import Page
from telephony.sim.phones import Manners
from telephony.sim.simulator import Simulator
from telephony.sim.timetable import Timetable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=5038, help="of the AMI, on loopback; 0: any free one (5038)")
    parser.add_argument("--page-port", type=int, default=8090, help="of the steering page; 0: any free one (8090)")
    parser.add_argument("--user", default="sim", help="AMI user (sim)")
    parser.add_argument("--secret", default=os.environ.get("SIM_SECRET"), help="AMI secret (or SIM_SECRET)")
    parser.add_argument("--recordings", type=Path, help="folder for the sound of the calls; none: nothing is written")
    parser.add_argument("--pace", type=float, default=1.0, help="of the callers: 2 is twice as many (1.0)")
    parser.add_argument("--no-timetable", action="store_true", help="nobody calls by himself")
    parser.add_argument("--mobiles-by-hand", action="store_true", help="called mobiles answer from the page only")
    parser.add_argument("--answer", type=float, metavar="S", help="desk phones answer after so many seconds")


async def serve(wanted: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT; OSError when a port is taken."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    manners = Manners(answer=wanted.answer)
    sim = Simulator(
        user=wanted.user,
        secret=wanted.secret,
        port=wanted.port,
        recordings=wanted.recordings,
        manners=replace(manners, mobile_silent=1.0) if wanted.mobiles_by_hand else manners,
    )
    timetable = Timetable(sim, wanted.pace)
    timetable.running = not wanted.no_timetable
    page = Page(sim, timetable)
    async with sim:
        page_port = await page.listen(wanted.page_port)
        sys.stdout.write(f"sim ready ami={sim.port} page={page_port}\n")
        sys.stdout.flush()
        callers = asyncio.create_task(timetable.run())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({callers, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if callers.done():
            callers.result()  # it never returns: this raises what broke it
        callers.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await callers
        await page.close()


def run(wanted: argparse.Namespace) -> int:
    """The exit status."""
    if not wanted.secret:
        sys.stderr.write("sim: name a secret (--secret or SIM_SECRET)\n")
        return 2
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(serve(wanted))
    except OSError as why:
        sys.stderr.write(f"sim: cannot listen: {why}\n")
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m telephony.sim", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
