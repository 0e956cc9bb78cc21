"""What a spreadsheet of each kind may hold, and how its headings are called in all languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from orders.models import SheetKind


@dataclass(frozen=True)
class Column:
    """`also`: other headings that are met, folded; those of our own exports are known in every language."""

    name: str
    label: Any
    is_needed: bool = False
    also: tuple[str, ...] = ()


NUMBERS = Column(
    "numbers",
    _("Numbers"),
    is_needed=True,
    also=(
        "phone",
        "phones",
        "telephone",
        "number",
        "mobile",
        "телефон",
        "телефоны",
        "номер",
        "мобильный",
        "هاتف",
        "الهاتف",
        "رقم",
        "טלפון",
        "נייד",
        "telefon",
        "telefony",
        "numer",
    ),
)
COLUMNS: Mapping[str, Sequence[Column]] = {
    SheetKind.CLIENTS: (
        Column(
            "name",
            _("Name"),
            also=(
                "client",
                "customer",
                "full name",
                "фио",
                "клиент",
                "имя клиента",
                "الاسم الكامل",
                "לקוח",
                "klient",
                "imię i nazwisko",
                "nazwisko",
            ),
        ),
        NUMBERS,
        Column(
            "notes",
            _("Notes"),
            also=(
                "note",
                "comment",
                "remarks",
                "заметка",
                "комментарий",
                "примечание",
                "ملاحظة",
                "הערה",
                "uwagi",
                "komentarz",
            ),
        ),
        Column("mark", _("Mark"), also=("status", "vip", "статус", "список", "الحالة", "סטטוס")),
        Column("reason", _("Reason"), also=("mark reason", "причина отметки", "سبب", "סיבה", "powód")),
    ),
    SheetKind.ADDRESSES: (
        NUMBERS,
        Column("label", _("What it is called"), also=("label", "метка", "название", "التسمية", "תווית", "etykieta")),
        Column("address", _("Address"), is_needed=True, also=("street", "адрес", "улица", "عنوان", "רחוב", "ulica")),
        Column("entrance", _("Entrance"), also=("подъезд", "مدخل", "klatka schodowa")),
        Column("flat", _("Flat"), also=("apartment", "кв", "квартира", "شقة", "lokal")),
        Column("comment", _("Comment"), also=("note", "комментарий", "примечание", "uwagi")),
        Column("latitude", _("Latitude"), also=("lat", "широта")),
        Column("longitude", _("Longitude"), also=("lon", "lng", "долгота")),
    ),
    SheetKind.DRIVERS: (
        Column(
            "call_sign",
            _("Call sign"),
            is_needed=True,
            also=("sign", "callsign", "id", "позывной", "№", "نداء", "numer boczny"),
        ),
        Column(
            "last_name", _("Surname"), is_needed=True, also=("last name", "family name", "фамилия", "اللقب", "שם משפחה")
        ),
        Column("first_name", _("First name"), also=("given name", "имя", "الاسم الأول", "שם פרטי", "imię")),
        Column("numbers", NUMBERS.label, also=NUMBERS.also),
        Column("plate", _("Plate"), also=("car", "vehicle", "госномер", "машина", "автомобиль", "لوحة", "rejestracja")),
        Column("fleet", _("Fleet"), also=("brand", "служба", "парк", "شركة", "flota")),
    ),
    SheetKind.VEHICLES: (
        Column(
            "plate",
            _("Plate"),
            is_needed=True,
            also=("number plate", "registration", "госномер", "номер", "لوحة", "rejestracja"),
        ),
        Column(
            "description",
            _("Make and colour"),
            also=("make", "model", "car", "марка", "модель", "автомобиль", "طراز", "דגם", "marka", "model"),
        ),
        Column("seats", _("Seats"), also=("places", "мест", "места", "مقاعد", "miejsca")),
        Column("classes", _("Classes"), also=("class", "класс", "тариф", "فئة", "klasa")),
        Column("options", _("Options"), also=("extras", "услуги", "خيار", "opcje")),
    ),
}


def guess(kind: str, heading: Sequence[str]) -> dict[str, int]:
    """Which column holds what; each column once, the first that fits."""
    folded = [_folded(text) for text in heading]
    found: dict[str, int] = {}
    for column in COLUMNS[kind]:
        names = _names(column)
        place = next((i for i, text in enumerate(folded) if text in names and i not in found.values()), None)
        if place is not None:
            found[column.name] = place
    return found


def missing(kind: str, chosen: Mapping[str, int]) -> list[Column]:
    return [column for column in COLUMNS[kind] if column.is_needed and column.name not in chosen]


def words_of(choices: type[Any]) -> dict[str, str]:
    """How the values of a closed list are called, in every language, folded → value."""
    words: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {_folded(str(choice.label)): choice.value for choice in choices if choice.value}
    return words | {_folded(choice.value): choice.value for choice in choices if choice.value}


def _names(column: Column) -> set[str]:
    names = {_folded(column.name), *(_folded(name) for name in column.also)}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names.add(_folded(str(column.label)))
    return names


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").strip(" *:.").split())
