"""How a person sets up the conveyor: columns, saved filters, keys. Nobody else sees it, but for shared filters."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders import columns
from orders.filters import Filter
from orders.models import DeskSetup, SavedFilter
from orders.selectors import saved

MOST_FILTERS = 50  # of one person
LONGEST_NAME = SavedFilter._meta.get_field("name").max_length
LONGEST_KEY = 20
MOST_KEYS = 60


def choose_columns(*, person: Person, names: Sequence[str]) -> DeskSetup:
    """Show these, in this order; none: as the house does."""
    shown = list(columns.chosen(list(names))) if names else []
    return DeskSetup.objects.update_or_create(person=person, defaults={"columns": shown})[0]


def choose_keys(*, person: Person, keys: Mapping[str, str]) -> DeskSetup:
    """`keys`: default key → own key, as `KeyboardEvent.code` names them. Raises Refused when one means two things."""
    own = {str(usual): str(key) for usual, key in keys.items() if key and key != usual}
    if len(own) > MOST_KEYS or any(len(key) > LONGEST_KEY or not key.isascii() for pair in own.items() for key in pair):
        raise Refused(_("These keys cannot be saved."))
    if len(set(own.values())) < len(own):
        raise Refused(_("One key cannot mean two things."))
    return DeskSetup.objects.update_or_create(person=person, defaults={"keys": own})[0]


def save_filter(*, person: Person, name: str, query: Mapping[str, str], is_shared: bool) -> SavedFilter:
    """Under a name of one's own; saving under a known name replaces that filter. Raises Refused."""
    name = name.strip()[:LONGEST_NAME]
    if not name:
        raise Refused(_("Give the filter a name."))
    if person.saved_filters.exclude(name=name).count() >= MOST_FILTERS:
        raise Refused(_("You have saved %(number)s filters. Delete one first.") % {"number": MOST_FILTERS})
    wanted = {"query": Filter.read(query).query, "is_shared": is_shared}
    try:
        with transaction.atomic():
            return SavedFilter.objects.update_or_create(owner=person, name=name, defaults=wanted)[0]
    except IntegrityError:  # saved twice at the same moment
        return SavedFilter.objects.get(owner=person, name=name)


def delete_filter(*, person: Person, filter_id: int) -> None:
    """One's own. Raises SavedFilter.DoesNotExist."""
    SavedFilter.objects.get(pk=filter_id, owner=person).delete()


def make_default(*, person: Person, filter_id: int | None) -> DeskSetup:
    """The list begins with it; None: with all that is open. Raises SavedFilter.DoesNotExist."""
    chosen = saved.usable(person).get(pk=filter_id) if filter_id is not None else None
    return DeskSetup.objects.update_or_create(person=person, defaults={"default_filter": chosen})[0]
