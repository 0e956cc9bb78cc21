"""`manage.py link`: the one process that speaks to the PBX. Start a second one: it stands by."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from telephony.ami.guard import Address
from telephony.runner import Runner

log = logging.getLogger(__name__)

# A link that was frozen in the middle of a transaction must not keep the lease's row locked against who takes over,
# and a database that has vanished from the network must not hold a thread for minutes.
SESSION = "-c idle_in_transaction_session_timeout=1500 -c lock_timeout=2000 -c statement_timeout=5000"
TURN = 0.001  # seconds; by itself Python waits for 5 ms
NETWORK = {"tcp_user_timeout": 4000, "keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 3}


class Command(BaseCommand):
    help = "Speak to the PBX: keep the calls of every desk as the PBX has them, and carry out what is clicked."
    # `prepare`, `migrate` and bin/lint make them; here they read every page and form, while the calls wait for a link
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ami", metavar="URL", default=settings.AMI_URL, help="ami://user:secret@host:port")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address = Address.parse(options["ami"]) if options["ami"] else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        _bound_the_database()
        _hurry()
        asyncio.run(_until_stopped(Runner(address, holder=f"{socket.gethostname()}:{os.getpid()}")))


async def _until_stopped(runner: Runner) -> None:
    running = asyncio.ensure_future(runner.run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    await asyncio.wait([running])
    if running.cancelled():
        log.info("stopped")
    else:
        running.result()


def _hurry() -> None:
    """A thread that writes gives the event loop its turn early; the collector of garbage leaves alone what stays."""
    sys.setswitchinterval(TURN)
    gc.collect()
    gc.freeze()


def _bound_the_database() -> None:
    options = connections["default"].settings_dict["OPTIONS"]
    options.update(NETWORK, options=f"{options.get('options', '')} {SESSION}".strip())
