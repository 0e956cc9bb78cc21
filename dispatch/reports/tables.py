"""The report as tables with words: the same for the screen, the charts and the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.reports.figures import Calls, Figures, Orders
from dispatch.staff.models import Person
from orders import wording
from orders.flow import State
from orders.models import CalledOffBy, Channel, Driver, Fleet, Tariff

Cell = str | int | float | None

UNKNOWN = gettext_lazy("not known")
MOST = 50  # rows of a table on the screen; the file has all
STATES = [state.value for state in State]


@dataclass(frozen=True)
class Headline:
    """One figure above the tables. `before`: of the earlier period; `is_share`: of one, shown as a percentage."""

    label: str
    value: float | None
    before: float | None
    shown: str
    shown_before: str

    @property
    def change(self) -> str:
        """How much it grew or fell, in percent."""
        if self.value is None or not self.before:
            return ""
        percent = round((self.value / self.before - 1) * 100)
        return f"{percent:+d} %".replace("-", "−") if percent else "±0 %"


@dataclass(frozen=True)
class Bar:
    """One of a chart, in units of its drawing, as text that no language writes with a comma."""

    label: str
    value: int
    x: str
    y: str
    width: str
    height: str
    middle: str
    above: str


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    bars: Sequence[Bar] = ()
    chart_width: str = ""

    @property
    def shown(self) -> list[list[str]]:
        return [[_cell(value) for value in row] for row in self.rows[:MOST]]

    @property
    def hidden(self) -> int:
        return max(0, len(self.rows) - MOST)


HEADLINES: tuple[tuple[Promise, Callable[[Figures], float | None], str], ...] = (
    (gettext_lazy("Orders"), lambda f: f.all.orders, "count"),
    (gettext_lazy("Completed"), lambda f: f.all.completed, "count"),
    (gettext_lazy("Cancelled"), lambda f: f.all.cancelled_share, "share"),
    (gettext_lazy("Client did not come"), lambda f: f.all.no_show_share, "share"),
    (gettext_lazy("Time to assign"), lambda f: f.all.to_assign, "time"),
    (gettext_lazy("Time to arrive"), lambda f: f.all.to_arrive, "time"),
    (gettext_lazy("Car on time"), lambda f: f.all.on_time_share, "share"),
    (gettext_lazy("Calls"), lambda f: f.calls.calls, "count"),
    (gettext_lazy("Calls answered"), lambda f: f.calls.answered_share, "share"),
    (gettext_lazy("Answered within 30 s"), lambda f: f.calls.quick_share, "share"),
    (gettext_lazy("Time to answer"), lambda f: f.calls.to_answer, "time"),
    (gettext_lazy("Length of a call"), lambda f: f.calls.talk, "time"),
    (gettext_lazy("Seconds per order"), lambda f: f.all.seconds_each, "decimal"),
    (gettext_lazy("Keys per order"), lambda f: f.all.keys_each, "decimal"),
)


def headlines(now: Figures, before: Figures) -> list[Headline]:
    return [
        Headline(str(label), read(now), read(before), _shown(read(now), kind), _shown(read(before), kind))
        for label, read, kind in HEADLINES
    ]


def tables(figures: Figures) -> list[Table]:
    """Four queries: the names of people, drivers, tariffs and fleets."""
    by = figures.by
    people = _names(Person.objects.all(), {*by.get("dispatcher", {}), *map(str, figures.calls_by)})
    drivers = _names(Driver.objects.all(), by.get("driver", {}))
    tariffs = _names(Tariff.objects.all(), by.get("tariff", {}))
    fleets = _names(Fleet.objects.all(), by.get("fleet", {}))
    channels = {choice.value: str(choice.label) for choice in Channel}
    states = {key: str(words) for key, words in wording.STATES.items()}
    return [
        _by_hour(figures),
        _by_state(by.get("state", {}), states),
        _ends(by.get("end", {})),
        _by("dispatcher", _("By dispatcher"), by, people),
        _answers(figures.calls_by, people),
        _by("driver", _("By driver"), by, drivers),
        _by("tariff", _("By tariff"), by, tariffs),
        _by("channel", _("By the way it came"), by, channels),
        _by("fleet", _("By fleet"), by, fleets),
    ]


def _by(name: str, title: str, by: Mapping[str, Mapping[str, Orders]], names: Mapping[str, str]) -> Table:
    found = sorted(by.get(name, {}).items(), key=lambda pair: (-pair[1].orders, pair[0]))
    return Table(name, title, _head(), [_row(names.get(key, str(UNKNOWN)), one) for key, one in found])


def _head() -> list[str]:
    return [
        _("Name"), _("Orders"), _("Completed"), _("Cancelled"), _("Client did not come"), _("No car found"),
        _("Time to assign"), _("Time to arrive"), _("Car on time"), _("Seconds per order"), _("Keys per order"),
    ]  # fmt: skip


def _row(label: str, one: Orders) -> list[Cell]:
    return [
        label, one.orders, one.completed, one.cancelled, one.no_show, one.unfulfilled,
        _shown(one.to_assign, "time"), _shown(one.to_arrive, "time"), _shown(one.on_time_share, "share"),
        _rounded(one.seconds_each), _rounded(one.keys_each),
    ]  # fmt: skip


def _by_hour(figures: Figures) -> Table:
    hours = [f"{hour:02d}" for hour in range(24)]
    orders = [figures.by.get("hour", {}).get(hour, Orders()) for hour in hours]
    calls = [figures.calls_by_hour.get(hour, Calls()) for hour in hours]
    rows: list[list[Cell]] = [
        [f"{hour}:00", one.orders, one.completed, call.calls, call.answered, _shown(call.quick_share, "share")]
        for hour, one, call in zip(hours, orders, calls, strict=True)
    ]
    head = [_("Hour"), _("Orders"), _("Completed"), _("Calls"), _("Calls answered"), _("Answered within 30 s")]
    return Table("hour", _("By hour"), head, rows, bars(hours, [one.orders for one in orders]), "960")


def _by_state(found: Mapping[str, Orders], names: Mapping[str, str]) -> Table:
    keys = [state for state in STATES if state in found]
    rows: list[list[Cell]] = [[names[key], found[key].orders] for key in keys]
    drawn = bars([names[key] for key in keys], [found[key].orders for key in keys], step=120)
    return Table("state", _("By state"), [_("State"), _("Orders")], rows, drawn, str(120 * len(keys)))


def _ends(found: Mapping[str, Orders]) -> Table:
    doers = {**wording.ACTORS, **dict(CalledOffBy.choices)}
    rows: list[list[Cell]] = []
    for key, one in sorted(found.items(), key=lambda pair: (-pair[1].orders, pair[0])):
        who, _colon, why = key.partition(":")
        rows.append([
            str(doers.get(who, who)), why or str(UNKNOWN), one.cancelled, one.no_show, one.unfulfilled,
        ])  # fmt: skip
    head = [_("By whom"), _("Reason"), _("Cancelled"), _("Client did not come"), _("No car found")]
    return Table("end", _("Cancellations and other ends"), head, rows)


def _answers(found: Mapping[int, Calls], names: Mapping[str, str]) -> Table:
    ranked = sorted(found.items(), key=lambda pair: (-pair[1].answered, pair[0]))
    rows: list[list[Cell]] = [
        [names.get(str(key), str(UNKNOWN)), one.answered, _shown(one.to_answer, "time"), _shown(one.talk, "time")]
        for key, one in ranked
    ]
    head = [_("Name"), _("Calls answered"), _("Time to answer"), _("Length of a call")]
    return Table("calls", _("Calls by dispatcher"), head, rows)


def bars(labels: Sequence[str], values: Sequence[int], *, step: int = 40) -> list[Bar]:
    """Beside each other from the start, `step` units for each; the highest is 96 high."""
    top = max([*values, 1])
    drawn = []
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        height = value / top * 96
        places = (place * step + step * 0.15, 110 - height, step * 0.7, height, place * step + step / 2, 107 - height)
        drawn.append(Bar(label, value, *(f"{number:.2f}" for number in places)))
    return drawn


def _names(rows: Any, keys: Any) -> dict[str, str]:
    return {str(one.pk): str(one) for one in rows.filter(pk__in=[int(key) for key in keys if key])}


def _shown(value: float | None, kind: str) -> str:
    if value is None:
        return "–"
    if kind == "share":
        return f"{number_format(round(value * 100, 1), 1)} %"
    if kind == "time":
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes}:{seconds:02d}"
    return number_format(round(value, 1), 1 if kind == "decimal" else 0, use_l10n=True, force_grouping=True)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _cell(value: Cell) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else number_format(value, force_grouping=True)
