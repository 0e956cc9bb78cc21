"""The one door of the live push: what changed is written in the transaction that changed it."""

from django.db import connection

from dispatch.live.models import Change

CHANNEL = "live"  # PostgreSQL NOTIFY: the relay's bell, rung by the commit itself


def changed(topic: str, kind: str, key: object) -> None:
    """Tell every desk that listens to `topic` that the thing `kind`/`key` is to be drawn anew.

    Call it inside the transaction of the change: a rollback takes it back, a commit delivers it.
    """
    Change.objects.create(topic=topic, kind=kind, key=str(key))
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", [CHANNEL])
