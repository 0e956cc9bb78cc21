"""The saved addresses of a client: home, work, mother's."""

from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Client, ClientAddress


@dataclass(frozen=True)
class Written:
    """What the person wrote. Coordinates in degrees, both or none."""

    address: str
    label: str = ""
    entrance: str = ""
    flat: str = ""
    comment: str = ""
    latitude: float | None = None
    longitude: float | None = None


def save(*, client_id: int, written: Written, actor: Person, address_id: int | None = None) -> ClientAddress:
    """A new one, or `address_id` changed. Raises Refused: the card has it already; DoesNotExist of either."""
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        address = client.addresses.get(pk=address_id) if address_id else ClientAddress(client=client)
        for name, value in asdict(written).items():
            setattr(address, name, value)
        try:
            with transaction.atomic():
                address.save()
        except IntegrityError:
            raise Refused(_("This address is on the card already.")) from None
        journal.record(actor, "client.address_saved", client, saved_address=address.address)
    return address


def remove(*, client_id: int, address_id: int, actor: Person) -> None:
    """Asked twice, it is gone all the same. Raises Client.DoesNotExist."""
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        address = client.addresses.filter(pk=address_id).first()
        if address is None:
            return
        address.delete()
        journal.record(actor, "client.address_removed", client, saved_address=address.address)
