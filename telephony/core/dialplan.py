"""Our dialplan as its files have it, and in what another one differs from it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

COMMENT = re.compile(r"(?<!\\);.*")
STEP = re.compile(r"(?P<priority>\w+)(?:\((?P<label>[^)]*)\))?")

Step = tuple[str, int]  # extension, priority


@dataclass
class Context:
    steps: dict[Step, str] = field(default_factory=dict)  # "Application(data)"
    includes: set[str] = field(default_factory=set)


def read(text: str) -> dict[str, Context]:
    """The contexts of one file. What it includes of other files is not followed; hints are the site's own."""
    found: dict[str, Context] = {}
    context, exten, at = Context(), "", 0
    for line in (COMMENT.sub("", raw).replace("\\;", ";").strip() for raw in text.splitlines()):
        if line.startswith("["):
            context = found.setdefault(line[1 : line.index("]")], Context())
        elif line.startswith("include"):
            context.includes.add(line.partition("=>")[2].strip())
        elif line.startswith(("exten", "same")):
            what = line.partition("=>")[2].strip()
            if line.startswith("exten"):
                exten, _, what = what.partition(",")
            step, _, order = what.partition(",")
            number = (STEP.match(step.strip()) or {"priority": ""})["priority"]
            if number != "hint":
                at = at + 1 if number == "n" else int(number)
                context.steps[exten.strip(), at] = _call(order.strip())
    return found


def differs(ours: Mapping[str, Context], theirs: Mapping[str, Context | None]) -> tuple[list[str], list[str]]:
    """Contexts that are not there, and those that are others. What somebody has added to one is his own affair."""
    missing = [name for name in ours if theirs.get(name) is None]
    changed = [name for name, context in ours.items() if (has := theirs.get(name)) and not _has_all(context, has)]
    return missing, changed


def listed(steps: Iterable[tuple[str, str, str, str]], includes: Iterable[str]) -> Context:
    """From what a PBX lists: extension, priority, application, its data."""
    return Context({(e, int(p)): f"{app.lower()}({data})" for e, p, app, data in steps if p.isdigit()}, set(includes))


def _has_all(ours: Context, theirs: Context) -> bool:
    return ours.steps.items() <= theirs.steps.items() and ours.includes <= theirs.includes


def _call(order: str) -> str:
    name, bracket, data = order.partition("(")
    return f"{name.strip().lower()}({data[: data.rindex(')')] if bracket else ''})"
