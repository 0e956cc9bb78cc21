"""What is said of areas and of lines that cannot be taken."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from places.records import Fault

SENTENCES = {
    "no_area": gettext_lazy("This is no area: a GeoJSON Polygon or MultiPolygon is needed."),
    "no_corners": gettext_lazy("Write one corner a line: latitude, longitude. Or paste GeoJSON."),
    "too_many_corners": gettext_lazy("The area has too many corners; 5000 are the most."),
    "off_the_earth": gettext_lazy("A latitude is between −90 and 90, a longitude between −180 and 180."),
    "too_few_corners": gettext_lazy("An area has at least three corners."),
    "crosses_itself": gettext_lazy("The outline crosses itself."),
    "too_small": gettext_lazy("The area is too small: 100 square metres are the least."),
    "columns": gettext_lazy("The first line names the columns: latitude, longitude, and street or place."),
    "no_table": gettext_lazy("The table cannot be read from here on."),
    "no_number": gettext_lazy("Latitude and longitude are numbers in degrees."),
    "too_long": gettext_lazy("The text of this column is too long."),
    "no_kind": gettext_lazy("There is no such kind of place."),
    "nameless": gettext_lazy("Neither a street nor a place is named."),
    "no_extract": gettext_lazy("This is no OpenStreetMap extract that can be read."),
    "broke_off": gettext_lazy("The import broke off; the reason is in the worker's log. What was taken before stays."),
}


def sentence(reason: str) -> str:
    return str(SENTENCES[reason])


def fault(fault: Fault) -> str:
    """Such as "line 7: There is no such kind of place. (kiosk)"."""
    said = sentence(fault.reason)
    if fault.value:
        said = f"{said} ({fault.value})"
    return _("line %(line)d: %(said)s") % {"line": fault.line, "said": said} if fault.line else said
