"""The outbox: what changed, numbered per topic by the one relay.

A change row is written in the transaction that made the change (`publish.changed`), without a number.
The relay gives numbers to committed rows, topic by topic, and tells every hub. See docs/architecture.md.
"""

from django.db import models


class Topic(models.Model):
    """How far the numbering of a topic has come. Written by the relay only."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}:{self.last}"


class Change(models.Model):
    topic = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)  # which renderer: "call", "order", "person" …
    key = models.CharField(max_length=64)  # primary key of the changed thing
    number = models.BigIntegerField(null=True)  # given by the relay; null: not told yet
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="live_untold", condition=models.Q(number=None)),
            models.Index(fields=["topic", "number"], name="live_topic_number"),
            models.Index(fields=["at"], name="live_at"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}/{self.number}: {self.kind} {self.key}"
