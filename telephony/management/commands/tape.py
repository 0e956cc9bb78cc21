"""`manage.py tape FILE`: what the PBX says, byte for byte, into a file. Needs no database."""

import asyncio
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from telephony.ami.guard import Address, Limits, Lost, Session

LIMITS = Limits(stale=10.0)  # a recording rather waits than ends


class Command(BaseCommand):
    help = "Record what the PBX says, byte for byte, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="is made, or begun anew")
        parser.add_argument("--ami", metavar="URL", default=settings.AMI_URL, help="ami://user:secret@host:port")
        parser.add_argument("--seconds", type=float, metavar="N", help="stop by itself after so long")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address = Address.parse(options["ami"])
            with options["file"].open("wb") as file:
                size = asyncio.run(_record(address, file, options["seconds"]))
        except ValueError as error:
            raise CommandError(str(error)) from error
        except Lost as error:
            raise CommandError(f"The connection to the PBX ended: {error}") from error
        except TimeoutError as error:
            raise CommandError("The PBX does not answer.") from error
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{size} bytes in {options['file']}")


async def _record(address: Address, file: IO[bytes], seconds: float | None) -> int:
    """Returns how many bytes. Everything after the greeting is kept, the answers to our own pings too."""

    def keep(data: bytes) -> None:
        file.write(data)
        file.flush()  # whoever reads along, or kills us, has whole reads

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    session = Session(address, on_event=lambda event: None, on_bytes=keep, limits=LIMITS)
    await session.open()
    living = asyncio.create_task(session.live())
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait([living, stopping], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if living.done():
        raise Lost(living.result())
    session.close()
    return file.tell()
