"""An engine that is away is one line of the log each time; whatever else went wrong keeps its trace."""

import logging
import sys

from celery.beat import SchedulingError, reraise
from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerError

from dispatch.log import Briefly


def said(message: str, *arguments: object) -> tuple[str, bool]:
    """What the log says of the error that is being handled, and whether its trace is there."""
    record = logging.LogRecord("a", logging.ERROR, "", 0, message, arguments, sys.exc_info())
    assert Briefly().filter(record)
    return record.getMessage(), record.exc_info is not None


def by_the_clock(error: Exception) -> tuple[str, bool]:
    """As Celery's clock says that it could not send."""
    try:
        try:
            raise error
        except Exception as cause:
            reraise(
                SchedulingError, SchedulingError(f"Couldn't apply scheduled task look: {cause}"), cause.__traceback__
            )
    except SchedulingError as packed:
        return said("Message Error: %s\n%s", packed, ["a stack", "of lines"])


def test_a_database_that_is_away():
    try:
        raise OperationalError("connection to server at ... failed:\n\tConnection refused")
    except OperationalError:
        line = "Error: /desk/: connection to server at ... failed: Connection refused"
        assert said("Error: %s", "/desk/") == (line, False)


def test_a_broker_that_is_away():
    line = "Message Error: Couldn't apply scheduled task look: Error 111, refused."
    assert by_the_clock(BrokerError("Error 111, refused.")) == (line, False)


def test_what_is_wrong_otherwise_keeps_its_trace():
    line, has_trace = by_the_clock(TypeError("not to be sent"))
    assert has_trace
    assert line.startswith("Message Error: Couldn't apply scheduled task look: not to be sent\n")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        assert said("broken") == ("broken", True)
