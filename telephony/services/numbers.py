"""The number of a call becomes a client's, so that his next call is recognised."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Client
from orders.services import clients
from telephony.models import Call
from telephony.selectors import outside
from telephony.services import calls


def add_to_client(*, call: Call, client_id: int, replaces: int | None, is_main: bool, actor: Person) -> Client:
    """`replaces`: the key of the client's number that goes. Earlier calls of the number in which nobody was known
    become the client's, too. Raises Refused."""
    number = outside.number_of(call)
    if not number:
        raise Refused(_("This call has no number that could be added."))
    with transaction.atomic():
        client = clients.give_number(
            client_id=client_id, number=number, replaces=replaces, is_main=is_main, actor=actor
        )
        unknown = Call.objects.filter(client=None, driver=None, colleague=None, choices=[])
        his = unknown.filter(Q(caller_e164=number) | outside.calls_to(number))
        live = list(his.exclude(state=Call.State.ENDED).values_list("pk", flat=True))
        his.update(client=client)
        calls.tell(live)
    return client
