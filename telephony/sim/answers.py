"""What an action is answered with: one response, and for a list its items and their end."""

from dataclasses import dataclass, field

from telephony.sim.wire import Header

GOODBYE = "Goodbye"


@dataclass(frozen=True, slots=True)
class Item:
    """One event of a list; some of the real one's carry the ActionID first, some last."""

    name: str
    headers: tuple[Header, ...]
    id_first: bool = True
    privilege: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: str  # Success, Error, Goodbye
    message: str = ""
    headers: tuple[Header, ...] = ()
    items: tuple[Item, ...] = ()
    complete: str = ""  # name of the event that ends the list
    count: int | None = None  # ListItems, where it is not the number of items
    closing: tuple[Header, ...] = field(default=())  # what the last event adds


def done(message: str = "", *headers: Header) -> Answer:
    return Answer("Success", message, headers)


def refused(message: str) -> Answer:
    return Answer("Error", message)


def listing(message: str, complete: str, items: list[Item], *closing: Header) -> Answer:
    return Answer("Success", message, (), tuple(items), complete, None, closing)


def messages(answer: Answer, action_id: str) -> list[list[Header]]:
    """The answer as the real one writes it."""
    own: list[Header] = [("ActionID", action_id)] if action_id else []
    first = [("Response", answer.status), *own]
    if answer.complete:
        first.append(("EventList", "start"))
    if answer.message:
        first.append(("Message", answer.message))
    out = [[*first, *answer.headers]]
    for item in answer.items:
        privilege = [("Privilege", item.privilege)] if item.privilege else []
        body = [*own, *item.headers] if item.id_first else [*item.headers, *own]
        out.append([("Event", item.name), *privilege, *body])
    if answer.complete:
        count = len(answer.items) if answer.count is None else answer.count
        end = [("EventList", "Complete"), ("ListItems", str(count)), *answer.closing]
        out.append([("Event", answer.complete), *own, *end])
    return out
