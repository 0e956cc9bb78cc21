"""What stands around the list of orders: the filter panel, the columns, the words that its behaviours say."""

import json
from typing import Any

from dispatch.staff.models import Person
from orders import columns, wording
from orders.models import Channel, Payment, ServiceClass
from orders.selectors import cancelling, saved
from orders.selectors.detail import KEYS, KEYS_BESIDE
from orders.selectors.saved import Setup


def furniture(person: Person, setup: Setup) -> dict[str, Any]:
    """Five queries beside those of `setup`."""
    return {
        "setup": setup,
        "offered": saved.offered(),
        "periods": wording.PERIODS.items(),
        "client_groups": wording.CLIENT_GROUPS.items(),
        "classes": ServiceClass.choices,
        "payments": Payment.choices,
        "channels": Channel.choices,
        "columns": _columns(setup),
        "shown_columns": " ".join(setup.columns),
        "causes": cancelling.offered(None),
        "order_keys": _order_keys(),
        "own_keys": json.dumps(setup.keys),
    }


def _order_keys() -> list[tuple[str, str]]:
    """Each key of an open order with all that it does there; which of it, the order's state says."""
    words: dict[str, list[str]] = {}
    for keys, said in ((KEYS, wording.ACTIONS), (KEYS_BESIDE, wording.BESIDE)):
        for name, key in keys.items():
            words.setdefault(key, []).append(str(said[name]))
    return [(key.upper(), " / ".join(dict.fromkeys(each))) for key, each in words.items()]


def _columns(setup: Setup) -> list[tuple[columns.Column, bool]]:
    """Every column in the person's order, those that are not shown after them."""
    rest = (name for name in columns.COLUMNS if name not in setup.columns)
    return [(columns.COLUMNS[name], name in setup.columns) for name in (*setup.columns, *rest)]
