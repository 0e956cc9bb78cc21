"""The arrows of docs/architecture.md: who may know of whom. Read from the imports themselves."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(file for room in ("dispatch", "places", "orders", "telephony") for file in (ROOT / room).rglob("*.py"))

# room: the rooms of ours that it may know, besides itself; the longest name that fits a module is its room
ARROWS = {
    "dispatch.live": set(),
    "dispatch.audit": set(),
    "dispatch.database": set(),
    "dispatch.embedded": set(),
    "dispatch.staff": {"dispatch.live", "dispatch.audit"},
    "places": {"dispatch.staff", "dispatch.live", "dispatch.audit"},
    "orders": {"places", "dispatch.staff", "dispatch.live", "dispatch.audit"},
    "telephony.core": set(),
    "telephony.ami": {"telephony.core"},
    "telephony": {
        "orders",
        "places",
        "dispatch.staff",
        "dispatch.live",
        "dispatch.audit",
        "telephony.ami",
        "telephony.core",
    },
}
ARROWS["dispatch.reports"] = {*ARROWS["telephony"], "telephony"} - {"telephony.ami", "telephony.core"}
ARROWS["dispatch.api"] = {*ARROWS["dispatch.reports"], "dispatch.reports"}
ROOF = {"dispatch.desk", "dispatch"}  # may know all
NOT_OF_DJANGO = ("dispatch/embedded", "telephony/sim", "telephony/core", "telephony/ami")
STANDARD_ONLY = (
    "telephony/core",
    "orders/flow.py",
    "orders/pricing",
    "places/geo.py",
    "places/folding.py",
    "dispatch/embedded",
)
WITHOUT_DJANGO_BY_NAME = (
    "orders/flow.py",
    "orders/pricing",
    "orders/phones.py",
    "places/addresses.py",
    "places/drawings.py",
)
ALONE_WITH_PANORAMISK = "telephony/ami"
KNOWS_THE_DESK = {"dispatch/urls.py", "dispatch/settings.py", "dispatch/asgi.py"}


def inside(file: Path, *folders: str) -> bool:
    path = file.relative_to(ROOT).as_posix()
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path) -> Iterator[str]:
    """Every module that the file imports anywhere in it, by its full name."""
    package = name_of(file) if file.name == "__init__.py" else name_of(file).rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")
                base = ".".join([*above[: len(above) - node.level + 1], *([base] if base else [])])
            yield from (f"{base}.{name.name}" for name in node.names)
            yield base


def room_of(module: str) -> str:
    rooms = [room for room in [*ARROWS, *ROOF] if module == room or module.startswith(f"{room}.")]
    return max(rooms, key=len, default="")


def offences(file: Path, wrong) -> list[str]:
    return sorted({f"{file.relative_to(ROOT)} imports {module}" for module in imported(file) if wrong(module)})


@pytest.mark.parametrize("room", ARROWS)
def test_a_room_knows_only_those_below_it(room):
    mine = [file for file in FILES if room_of(name_of(file)) == room]
    assert mine, f"no file is in {room}: mend the table of this test"
    allowed = ARROWS[room] | {room, ""}
    found = [o for file in mine for o in offences(file, lambda module: room_of(module) not in allowed | {"dispatch"})]
    assert not found


def test_nobody_knows_the_desk_but_the_roof():
    others = [f for f in FILES if not inside(f, "dispatch/desk") and str(f.relative_to(ROOT)) not in KNOWS_THE_DESK]
    assert not [o for file in others for o in offences(file, lambda module: room_of(module) == "dispatch.desk")]


def test_the_lower_rooms_do_not_know_the_roof():
    """`dispatch` itself (settings, urls, health …) is above all; its name in an import is only the way to a room."""
    below = [file for file in FILES if room_of(name_of(file)) not in ROOF]
    roof = {name_of(file) for file in (ROOT / "dispatch").glob("*.py")} - {"dispatch", "dispatch.celery"}
    assert not [o for file in below for o in offences(file, lambda module: module in roof)]


def test_only_the_ami_door_knows_panoramisk():
    others = [file for file in FILES if not inside(file, ALONE_WITH_PANORAMISK)]
    assert not [o for file in others for o in offences(file, lambda module: module.split(".")[0] == "panoramisk")]


@pytest.mark.parametrize("place", STANDARD_ONLY)
def test_what_is_pure_imports_only_the_standard_library(place):
    mine = [file for file in FILES if inside(file, place)]
    assert mine
    own = place.removesuffix(".py").replace("/", ".")

    def foreign(module: str) -> bool:
        return module.split(".")[0] not in sys.stdlib_module_names and not f"{module}.".startswith(f"{own}.")

    assert not [o for file in mine for o in offences(file, foreign)]


@pytest.mark.parametrize("place", [*NOT_OF_DJANGO, *WITHOUT_DJANGO_BY_NAME])
def test_what_runs_without_django_does_not_import_it(place):
    mine = [file for file in FILES if inside(file, place)]
    assert mine
    with_django = {"django", "channels", "celery"}
    assert not [o for file in mine for o in offences(file, lambda module: module.split(".")[0] in with_django)]


def test_this_test_sees_an_offence(tmp_path, monkeypatch):
    """A test of arrows that sees nothing is green too: here are the ways of writing an import."""
    file = ROOT / "orders" / "services" / "imagined.py"
    monkeypatch.setattr(
        Path,
        "read_text",
        lambda _self: "def f():\n  import telephony.models\nfrom ..models import order\nfrom dispatch import desk",
    )
    seen = set(imported(file))
    assert {"telephony.models", "orders.models", "orders.models.order", "dispatch.desk"} <= seen
    assert room_of("telephony.models") == "telephony"
    assert room_of("telephony.core.board") == "telephony.core"
