"""How the log says that an engine is away: a line for each time, not a page."""

import logging

from celery.beat import SchedulingError
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ConnectionError as RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from dispatch.live import reading

AWAY = (*reading.AWAY, BrokerError, RedisError, RedisTimeout)


class Briefly(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, SchedulingError):
            error = error.__context__  # Celery's clock packs it in, and adds its own stack to the message
        if isinstance(error, AWAY):
            said, why = record.getMessage().partition("\n")[0], " ".join(str(error).split())
            record.msg, record.args = said if why in said else f"{said}: {why}", ()
            record.exc_info = record.exc_text = None
        return True
