"""The one door of the live push: what changed is written in the transaction that changed it."""

from collections.abc import Sequence

from django.db import connection

CHANNEL = "live"  # PostgreSQL NOTIFY: the relay's bell, rung by the commit itself

# One round trip: every verb of the house ends with it, and a caller waits for it.
WRITE = """
with written as (
    insert into live_change (topic, kind, key, at)
    select topic, kind, key, statement_timestamp()
    from unnest(%s::text[], %s::text[], %s::text[]) with ordinality as told (topic, kind, key, place) order by place
)
select pg_notify(%s, '')
"""


def changed(topic: str, kind: str, key: object) -> None:
    """Tell every desk that listens to `topic` that the thing `kind`/`key` is to be drawn anew.

    Call it inside the transaction of the change: a rollback takes it back, a commit delivers it.
    """
    all_changed([(topic, kind, key)])


def all_changed(changes: Sequence[tuple[str, str, object]]) -> None:
    """The same for several things, in their order. One query however many, none for none."""
    if not changes:
        return
    topics, kinds, keys = zip(*changes, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [list(topics), list(kinds), [str(key) for key in keys], CHANNEL])
