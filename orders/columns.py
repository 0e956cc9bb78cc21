"""The columns that the list may show. Each person chooses and orders them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Column:
    """`field`: what the database sorts the history by; empty: it is not sorted by this."""

    name: str
    label: Promise
    field: str = ""
    is_usual: bool = True  # shown to whoever has not chosen

    @property
    def place(self) -> int:
        """In the order of the house."""
        return list(COLUMNS).index(self.name)


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("number", _("Order"), "id"),
        Column("state", _("State"), "state"),
        Column("time", _("Time"), "due_at"),
        Column("way", _("From → to"), "pickup"),
        Column("client", _("Client"), "client__name"),
        Column("driver", _("Driver"), "driver__call_sign"),
        Column("price", _("Price"), "price"),
        Column("phone", _("Phone"), "phone", is_usual=False),
        Column("tariff", _("Tariff"), "tariff_version__tariff__name", is_usual=False),
        Column("class", _("Class"), "service_class", is_usual=False),
        Column("zone", _("Zone"), "zone__name", is_usual=False),
        Column("fleet", _("Fleet"), "fleet__name", is_usual=False),
        Column("payment", _("Payment"), "payment", is_usual=False),
        Column("channel", _("Came by"), "channel", is_usual=False),
        Column("by", _("Taken by"), "created_by__last_name", is_usual=False),
        Column("created", pgettext_lazy("of an order", "Taken at"), "created_at", is_usual=False),
        Column("wishes", _("Wishes"), "", is_usual=False),
        Column("office_note", _("Note for the office"), "", is_usual=False),
    )
}
USUAL = tuple(column.name for column in COLUMNS.values() if column.is_usual)
ALWAYS = "number"  # leads to the order


def chosen(names: list[str]) -> tuple[str, ...]:
    """In the person's order; what is no column any more is left out."""
    known = tuple(name for name in dict.fromkeys(names) if name in COLUMNS)
    if not known:
        return USUAL
    return known if ALWAYS in known else (ALWAYS, *known)
