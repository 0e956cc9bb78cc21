"""Clients and drivers who are not brought together again."""

from django.db import transaction

from dispatch.audit import journal
from dispatch.staff.models import Person
from orders.models import Client, ClientDriverBlock
from orders.services import assignment


def block(*, client_id: int, call_sign: str, reason: str, actor: Person) -> ClientDriverBlock:
    """Keep this driver from this client. Asked again it keeps the first reason. Raises Refused, Client.DoesNotExist."""
    driver = assignment.find(call_sign)
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        made, new = ClientDriverBlock.objects.get_or_create(
            client=client, driver=driver, defaults={"reason": reason.strip()[:200], "created_by": actor}
        )
        if new:
            journal.record(actor, "driver.blocked", client, driver=driver.call_sign, reason=made.reason)
    return made


def lift(*, block_id: int, actor: Person) -> Client:
    """Raises ClientDriverBlock.DoesNotExist."""
    with transaction.atomic():
        made = (
            ClientDriverBlock.objects.select_for_update(of=("self",))
            .select_related("client", "driver")
            .get(pk=block_id)
        )
        made.delete()
        journal.record(actor, "driver.unblocked", made.client, driver=made.driver.call_sign)
    return made.client
