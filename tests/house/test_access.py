"""Who may do what: every address of the site × every role and nobody × reading and posting.

TABLE is a copy of the roles' table, written by hand and not derived from `dispatch.staff.access`: a right that
slips in the code is seen here. An address without a line fails the test.
"""

import re
import shutil
import uuid
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from dispatch.api.services import tokens, webhooks
from dispatch.desk.models import CallBack, Handover
from dispatch.staff.models import BreakReason, Person, Role, Shift
from orders.flow import State
from orders.models import (
    Account,
    CalledOffBy,
    CancelReason,
    Client,
    ClientAddress,
    ClientDriverBlock,
    ClientPhone,
    Draft,
    Driver,
    DriverDocument,
    DriverPhone,
    Employee,
    Fleet,
    FleetLogo,
    Import,
    KeptQuote,
    MarkProposal,
    Offer,
    Order,
    Recurrence,
    SavedFilter,
    Tariff,
    TariffVersion,
    Vehicle,
)
from places.models import House, Name, Place, Stand, Street, Upload, Zone
from telephony.models import Call, CallClass, Extension, Leg, PhoneModel, Recording

ROLES = (Role.DRIVER, Role.DISPATCHER, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)

SERVED = "Y"  # answered: a page, a redirect, or a sentence about what was sent (400, 409, 422)
HIDDEN = "-"  # 404: not even to know that it exists
REFUSED = "R"  # 403, with a sentence
OWN = "o"  # served on what is his own, refused (403) on another's
OWN_HIDDEN = "h"  # served on what is his own, and another's does not exist (404)
NO_SUCH_METHOD = "M"  # 405: the page is there for him, but not by this method
MEANS = {
    SERVED: {200, 201, 202, 204, 206, 302, 303, 400, 409, 422},
    HIDDEN: {404},
    REFUSED: {403},
    NO_SUCH_METHOD: {405},
}


@dataclass(frozen=True)
class Line:
    """One address. `about`: what stands for its parameters, "order transition=cancel"; `query`: what is asked besides.
    `reading` (GET) and `posting`: one letter for each of ROLES."""

    route: str
    about: str
    reading: str
    posting: str
    query: str = ""

    @property
    def kind(self) -> str:
        return self.about.partition(" ")[0]

    def path(self, key: Any) -> str:
        values = dict(pair.split("=") for pair in self.about.split(" ")[1:])

        def value(found: re.Match[str]) -> str:
            return values.get(found[1]) or str(key)

        assert key is not None or not self.kind, f"the world of this test has no {self.kind}"
        return f"/{re.sub(r'<(?:[a-z]+:)?([a-z_]+)>', value, self.route)}{self.query}"


# below api/v1/: for tokens only, whoever is signed in; what a token may there, tests/api says
API = (
    "orders/",
    "orders/counts/",
    "orders/bulk/",
    "orders/<int:pk>/",
    "orders/<int:pk>/candidates/",
    "orders/<int:pk>/calls/",
    "orders/<int:pk>/driver/",
    "orders/<int:pk>/offers/",
    "orders/<int:pk>/search/",
    "orders/<int:pk>/contact/",
    "orders/<int:pk>/marks/",
    "orders/<int:pk>/reservation/",
    "orders/<int:pk>/reservation/confirm/",
    "orders/<int:pk>/reservation/free/",
    "orders/<int:pk>/recurring/",
    "orders/<int:pk>/<slug:transition>/",
    "recurring/",
    "recurring/<int:pk>/",
    "recurring/<int:pk>/<slug:act>/",
    "quotes/",
    "quotes/kept/",
    "clients/",
    "clients/imports/",
    "clients/imports/<int:pk>/",
    "clients/imports/<int:pk>/check/",
    "clients/imports/<int:pk>/take/",
    "clients/duplicates/",
    "clients/exports/",
    "clients/<int:pk>/",
    "clients/<int:pk>/mark/",
    "clients/<int:pk>/merge/",
    "clients/<int:pk>/addresses/",
    "clients/<int:pk>/addresses/<int:key>/",
    "companies/",
    "clients/<int:pk>/blocks/",
    "clients/<int:pk>/blocks/<int:key>/",
    "companies/<int:pk>/",
    "companies/<int:pk>/employees/",
    "companies/<int:pk>/employees/<int:key>/",
    "drivers/",
    "drivers/imports/",
    "drivers/imports/<int:pk>/",
    "drivers/imports/<int:pk>/check/",
    "drivers/imports/<int:pk>/take/",
    "drivers/exports/",
    "drivers/<int:pk>/",
    "drivers/<int:pk>/shift/",
    "drivers/<int:pk>/break/",
    "drivers/<int:pk>/position/",
    "drivers/<int:pk>/documents/",
    "drivers/<int:pk>/documents/<int:key>/",
    "vehicles/",
    "vehicles/<int:pk>/",
    "addresses/",
    "fleets/",
    "fleets/<int:pk>/",
    "fleets/<int:pk>/logo/",
    "tariffs/",
    "tariffs/<int:pk>/",
    "tariffs/<int:pk>/versions/",
    "tariffs/<int:pk>/versions/<int:key>/",
    "zones/",
    "zones/drawings/",
    "zones/<int:pk>/",
    "reports/",
    "webhooks/",
    "webhooks/<int:pk>/",
    "webhooks/<int:pk>/secret/",
    "webhooks/<int:pk>/start/",
    "webhooks/<int:pk>/trial/",
    "webhooks/<int:pk>/deliveries/",
    "webhooks/<int:pk>/deliveries/<int:key>/again/",
    "schema/",
    "<path:rest>",
)

# columns: driver dispatcher supervisor manager administrator
TABLE = (
    # the door and one's own page: whoever is signed in
    Line("", "", "YYYYY", "MMMMM"),
    Line("sign-out/", "", "MMMMM", "YYYYY"),
    Line("sign-in/", "", "YYYYY", "YYYYY"),
    Line("language/", "", "MMMMM", "YYYYY"),
    Line("profile/", "", "YYYYY", "YYYYY"),
    Line("healthz", "", "YYYYY", "MMMMM"),
    Line("readyz", "", "YYYYY", "MMMMM"),
    # desk: take calls and orders, on an open shift
    Line("desk/", "", "-YY--", "-MM--"),
    Line("desk/state/", "", "-YY--", "-MM--"),
    Line("desk/strip/", "", "-YY--", "-MM--"),
    Line("phone/", "", "-YY--", "-MM--"),
    Line("phone/bar/", "", "-YY--", "-MM--"),
    Line("shift/", "", "-YY--", "-YY--"),
    Line("shift/end/", "", "-MM--", "-YY--"),
    Line("handovers/<int:pk>/accept/", "handover", "-MM--", "-YY--"),
    Line("call-backs/", "", "-YY--", "-YY--"),
    Line("call-backs/<int:pk>/done/", "call_back", "-MM--", "-YY--"),
    Line("shift/take-over/", "", "-MM--", "-YY--"),
    Line("shift/status/", "", "-MM--", "-YY--"),
    Line("shift/own-clients/", "", "-MM--", "-YY--"),
    Line("shift/break/", "", "-MM--", "-YY--"),
    Line("shift/break/end/", "", "-MM--", "-YY--"),
    Line("phone/line/", "", "-MM--", "-YY--"),
    Line("calls/<int:pk>/open/", "ringing", "-YY--", "-MM--"),
    Line("calls/<int:pk>/open/", "call", "-oY--", "-MM--"),
    Line("calls/<int:pk>/pick/", "ringing", "-MM--", "-YY--"),
    # hold, transfer, park a call: a dispatcher his own, a supervisor any
    Line("calls/<int:pk>/hold/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/back/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/consult/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/connect/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/swap/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/together/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/transfer/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/park/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/unpark/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/hang-up/", "call", "-MM--", "-oY--"),
    Line("calls/<int:pk>/keys/", "call", "-MM--", "-oY--"),
    # listen, whisper, join, take over: a supervisor
    Line("calls/<int:pk>/listen/", "call", "--M--", "--Y--"),
    Line("calls/<int:pk>/whisper/", "call", "--M--", "--Y--"),
    Line("calls/<int:pk>/join/", "call", "--M--", "--Y--"),
    Line("calls/<int:pk>/stop-watching/", "call", "--M--", "--Y--"),
    Line("calls/<int:pk>/take-over/", "call", "--M--", "--Y--"),
    # call from one's own telephone: whoever sits at a desk
    Line("dial/", "", "-MM--", "-YY--"),
    Line("dial/call/<int:pk>/", "call", "-MM--", "-oY--"),
    Line("dial/call/<int:pk>/", "missed", "-MM--", "-YY--"),
    Line("dial/<slug:to>/", " to=102", "-MM--", "-YY--"),
    Line("dial/client/<int:pk>/", "client", "-MM--", "-YY--"),
    Line("dial/person/<int:pk>/", "person", "-MM--", "-YY--"),
    Line("dial/driver/<int:pk>/", "driver", "-MM--", "-YY--"),
    Line("phonebook/", "", "-YY--", "-MM--", "?q=an"),
    Line("dial/order/<int:pk>/client/", "order", "-MM--", "-YY--"),
    Line("dial/order/<int:pk>/driver/", "order", "-MM--", "-YY--"),
    Line("dial/order/<int:pk>/both/", "order", "-MM--", "-YY--"),
    Line("calls/<int:pk>/targets/", "call", "-oY--", "-MM--"),
    Line("calls/<int:pk>/keypad/", "call", "-oY--", "-MM--"),
    Line("calls/<int:pk>/note/", "call", "-oY--", "-oY--"),
    Line("orders/intake/", "", "-YY--", "-YY--"),
    Line("orders/<int:pk>/presence/", "order", "-MM--", "-YY--"),
    Line("orders/intake/client/", "", "-YY--", "-MM--"),
    Line("orders/quotes/", "", "-YY--", "-YY--"),
    Line("orders/quotes/<int:pk>/order/", "quote", "-MM--", "-YY--"),
    Line("orders/intake/ahead/", "", "-YY--", "-MM--"),
    Line("orders/drafts/", "", "-YY--", "-MM--"),
    Line("orders/drafts/<uuid:pk>/", "draft", "-hh--", "-hh--"),
    # see orders: a driver his own
    Line("orders/", "", "-YYY-", "-MMM-"),
    Line("orders/list/", "", "-YYY-", "-MMM-"),
    Line("orders/counts/", "", "-YYY-", "-MMM-"),
    # one's own view of the list; a filter that is not shared is its owner's only
    Line("orders/columns/", "", "-MMM-", "-YYY-"),
    Line("orders/keys/", "", "-MM--", "-YY--"),
    Line("orders/filters/", "", "-MMM-", "-YYY-"),
    Line("orders/filters/<int:pk>/", "filter", "-MMM-", "-MMM-"),
    Line("orders/filters/<int:pk>/default/", "filter", "-MMM-", "-hhh-"),
    Line("orders/bulk/", "", "-MM--", "-YY--"),
    Line("orders/<int:pk>/", "order", "-YYY-", "-MMM-"),
    Line("orders/<int:pk>/history/", "order", "-YYY-", "-MMM-"),
    Line("driver/", "", "Y----", "M----"),
    Line("driver/state/", "", "Y----", "M----"),
    Line("driver/shift/", "", "M----", "Y----"),
    Line("driver/position/", "", "M----", "Y----"),
    Line("driver/worker.js", "", "Y----", "M----"),
    Line("driver/app.webmanifest", "", "Y----", "M----"),
    Line("driver/offers/<int:pk>/<slug:answer>/", "offer answer=seen", "M----", "h----"),
    Line("driver/offers/<int:pk>/<slug:answer>/", "offer answer=eat", "M----", "-----"),
    Line("driver/reservations/<int:pk>/<slug:answer>/", "reserved answer=confirm", "M----", "h----"),
    Line("driver/reservations/<int:pk>/<slug:answer>/", "reserved answer=sell", "M----", "-----"),
    Line("places/search/", "", "-YYY-", "-MMM-", query="?q=lenina+5&near=55.75,37.61"),
    # zones, stands, addresses: dispatchers and supervisors see, managers edit
    Line("places/", "", "-YYY-", "-MMM-"),
    Line("places/directory/", "", "-YYY-", "-MMM-", query="?q=lenina"),
    Line("places/zones/new/", "", "-RRY-", "-RRY-"),
    Line("places/zones/<int:pk>/", "zone", "-RRY-", "-RRY-"),
    Line("places/stands/new/", "", "-RRY-", "-RRY-"),
    Line("places/stands/<int:pk>/", "stand", "-RRY-", "-RRY-"),
    Line("places/directory/streets/new/", "", "-RRY-", "-RRY-"),
    Line("places/directory/streets/<int:pk>/", "street", "-RRY-", "-RRY-"),
    Line("places/directory/streets/<int:pk>/names/", "street", "-MMM-", "-RRY-"),
    Line("places/directory/streets/<int:pk>/houses/new/", "street", "-RRY-", "-RRY-"),
    Line("places/directory/houses/<int:pk>/", "house", "-RRY-", "-RRY-"),
    Line("places/directory/places/new/", "", "-RRY-", "-RRY-"),
    Line("places/directory/places/<int:pk>/", "place", "-RRY-", "-RRY-"),
    Line("places/directory/places/<int:pk>/names/", "place", "-MMM-", "-RRY-"),
    Line("places/directory/names/<int:pk>/remove/", "name", "-MMM-", "-RRY-"),
    Line("places/imports/", "", "-RRY-", "-RRY-"),
    Line("places/imports/<int:pk>/", "upload", "-RRY-", "-MMM-"),
    Line("places/imports/<int:pk>/take/", "upload", "-MMM-", "-RRY-"),
    # change an order by its legal actions: a driver his own, by a driver's
    Line("orders/<int:pk>/candidates/", "order", "-YY--", "-MM--"),
    Line("orders/<int:pk>/offers/", "order", "-MM--", "-YY--"),
    Line("orders/<int:pk>/search/", "order", "-MM--", "-YY--"),
    Line("orders/<int:pk>/edit/", "order", "-YY--", "-YY--"),
    Line("orders/<int:pk>/ahead/", "order", "-YY--", "-MM--"),
    Line("orders/<int:pk>/reservation/", "scheduled", "-MM--", "-YY--"),
    Line("orders/<int:pk>/reservation/confirm/", "scheduled", "-MM--", "-YY--"),
    Line("orders/<int:pk>/reservation/free/", "scheduled", "-MM--", "-YY--"),
    Line("orders/<int:pk>/recurring/", "scheduled", "-YY--", "-YY--"),
    Line("recurring/", "", "-YYY-", "-MMM-"),
    Line("recurring/<int:pk>/", "recurrence", "-YYY-", "-YYR-"),
    Line("recurring/<int:pk>/day/", "recurrence", "-MM--", "-YY--"),
    Line("recurring/<int:pk>/pause/", "recurrence", "-MM--", "-YY--"),
    Line("recurring/<int:pk>/end/", "recurrence", "-MM--", "-YY--"),
    Line("recurring/<int:pk>/follow/", "recurrence", "-MM--", "-YY--"),
    Line("orders/<int:pk>/marks/<slug:name>/", "order name=hold", "-MM--", "-YY--"),
    Line("orders/<int:pk>/marks/<slug:name>/", "order name=explode", "-MM--", "-----"),
    Line("cancel-reasons/", "", "---YY", "---YY"),
    Line("cancel-reasons/<int:pk>/", "cancel_reason", "---YY", "---YY"),
    Line("orders/<int:pk>/driver/", "order", "-MM--", "-YY--"),
    Line("orders/<int:pk>/contact/", "order", "-MM--", "-YY--"),
    Line("orders/<int:pk>/<slug:transition>/", "order transition=cancel", "-MM--", "-YY--"),
    Line("orders/<int:pk>/<slug:transition>/", "order transition=hand_back", "-MM--", "-----"),
    Line("orders/<int:pk>/<slug:transition>/", "order transition=explode", "-MM--", "-----"),
    Line("driver/<int:pk>/<slug:transition>/", "order transition=set_off", "M----", "h----"),
    Line("driver/<int:pk>/<slug:transition>/", "order transition=cancel", "M----", "-----"),
    # correct history by a new event, reopen
    Line("orders/<int:pk>/edit/", "closed", "-RY--", "-RY--"),
    Line("orders/<int:pk>/<slug:transition>/", "closed transition=reopen", "-MM--", "--Y--"),
    # see a client's whole number: masked for a manager, whole on a journalled reveal
    Line("calls/<int:pk>/reveal/", "call", "-MMM-", "-RRY-"),
    Line("orders/<int:pk>/number/", "order", "-MMM-", "-RRY-"),
    Line("clients/numbers/<int:pk>/", "phone", "-MMM-", "-RRY-"),
    # clients: edit, blacklist
    Line("clients/", "", "-YYY-", "-MMM-"),
    Line("clients/<int:pk>/", "client", "-YYY-", "-MMM-"),
    Line("clients/new/", "", "-YYR-", "-YYR-"),
    Line("clients/<int:pk>/edit/", "client", "-YYR-", "-YYR-"),
    Line("clients/<int:pk>/mark/", "client", "-MMM-", "-RYY-"),
    Line("clients/<int:pk>/proposal/", "client", "-MMM-", "-YYR-"),
    Line("clients/proposals/<int:pk>/confirm/", "proposal", "-MMM-", "-RYY-"),
    Line("clients/proposals/<int:pk>/reject/", "proposal", "-MMM-", "-RYY-"),
    Line("clients/<int:pk>/addresses/", "client", "-YYR-", "-YYR-"),
    Line("clients/addresses/<int:pk>/", "address", "-YYR-", "-YYR-"),
    Line("clients/addresses/<int:pk>/remove/", "address", "-MMM-", "-YYR-"),
    # clients: merge, anonymise
    Line("clients/duplicates/", "", "-RYY-", "-MMM-"),
    Line("clients/<int:pk>/merge/", "client", "-RYY-", "-RYY-"),
    Line("clients/<int:pk>/anonymise/", "client", "-RRY-", "-RRY-"),
    # companies that pay, and their people
    Line("accounts/", "", "-YYY-", "-MMM-"),
    Line("accounts/<int:pk>/", "account", "-YYY-", "-MMM-"),
    Line("accounts/new/", "", "-RRY-", "-RRY-"),
    Line("accounts/<int:pk>/edit/", "account", "-RRY-", "-RRY-"),
    Line("accounts/<int:pk>/employees/", "account", "-RRY-", "-RRY-"),
    Line("accounts/employees/<int:pk>/", "employee", "-RRY-", "-RRY-"),
    Line("accounts/employees/<int:pk>/remove/", "employee", "-MMM-", "-RRY-"),
    Line("clients/<int:pk>/blocks/", "client", "-MMM-", "-YYR-"),
    Line("clients/blocks/<int:pk>/lift/", "block", "-MMM-", "-YYR-"),
    # drivers and their cars; the desk begins and ends the shift of one who phones in
    Line("drivers/<int:pk>/shift/", "driver", "-MMMM", "-YYRR"),
    Line("drivers/", "", "-YYYY", "-MMMM"),
    Line("drivers/<int:pk>/", "driver", "-YYYY", "-MMMM"),
    Line("drivers/new/", "", "-RYYY", "-RYYY"),
    Line("drivers/<int:pk>/edit/", "driver", "-RYYY", "-RYYY"),
    Line("drivers/<int:pk>/documents/", "driver", "-RYYY", "-RYYY"),
    Line("drivers/documents/<int:pk>/", "document", "-RYYY", "-RYYY"),
    Line("drivers/documents/<int:pk>/remove/", "document", "-MMMM", "-RYYY"),
    Line("vehicles/", "", "-YYYY", "-MMMM"),
    Line("vehicles/<int:pk>/", "vehicle", "-YYYY", "-MMMM"),
    Line("vehicles/new/", "", "-RYYY", "-RYYY"),
    Line("vehicles/<int:pk>/edit/", "vehicle", "-RYYY", "-RYYY"),
    Line("vehicles/<int:pk>/drivers/", "vehicle", "-MMMM", "-RYYY"),
    Line("vehicles/drivers/<int:pk>/remove/", "driver", "-MMMM", "-RYYY"),
    # spreadsheets in and out: clients for a manager, drivers for an administrator as well
    Line("imports/", "", "---YY", "---YY"),
    Line("imports/<int:pk>/", "import", "---hh", "---MM"),
    Line("imports/<int:pk>/check/", "import", "---MM", "---hh"),
    Line("imports/<int:pk>/take/", "import", "---MM", "---hh"),
    Line("imports/<int:pk>/faults/", "import", "---hh", "---MM"),
    Line("exports/", "", "---YY", "---YY"),
    # tariffs, zones, fleets: dispatchers and supervisors see them
    Line("tariffs/", "", "-YYY-", "-MMM-"),
    Line("tariffs/<int:pk>/", "tariff", "-YYY-", "-MMM-"),
    Line("tariffs/versions/<int:pk>/try/", "version", "-YYY-", "-MMM-"),
    Line("tariffs/new/", "", "-RRY-", "-RRY-"),
    Line("tariffs/<int:pk>/edit/", "tariff", "-RRY-", "-RRY-"),
    Line("tariffs/<int:pk>/versions/", "tariff", "-RRY-", "-RRY-"),
    Line("tariffs/try/", "", "---M-", "---Y-"),
    Line("tariffs/versions/<int:pk>/withdraw/", "version", "-MMM-", "-RRY-"),
    Line("fleets/", "", "-YYY-", "-MMM-"),
    Line("fleets/<int:pk>/", "fleet", "-YYY-", "-MMM-"),
    Line("fleets/new/", "", "-RRY-", "-RRY-"),
    Line("fleets/<int:pk>/edit/", "fleet", "-RRY-", "-RRY-"),
    Line("fleets/<int:pk>/logo/<slug:digest>/", "fleet digest=abc", "-YYY-", "-MMM-"),
    # pause, log out, end another's shift
    Line("shift/<int:pk>/end/", "shift", "-MM--", "-RY--"),
    Line("shift/<int:pk>/status/", "shift", "-MM--", "-RY--"),
    Line("shift/<int:pk>/break/", "shift", "-MM--", "-RY--"),
    Line("shift/<int:pk>/break/end/", "shift", "-MM--", "-RY--"),
    # reports: a dispatcher's own figures, a supervisor's shift, all for a manager (tests/reports)
    Line("reports/", "", "-YYY-", "-MMM-"),
    # shifts: a dispatcher his own figures
    Line("shifts/", "", "-YYY-", "-MMM-"),
    # recordings: play / download
    Line("recordings/<int:pk>/", "recording", "-oYY-", "-MMM-"),
    Line("recordings/<int:pk>/", "recording", "---Y-", "-MMM-", query="?download=1"),
    Line("calls/<int:pk>/recording/", "call", "-oYY-", "-MMM-"),
    Line("calls/<int:pk>/recording/", "call", "---Y-", "-MMM-", query="?download=1"),
    # the caller's number for a client's card: who edits cards, from a call that he may see
    Line("calls/<int:pk>/number/", "call", "-oYR-", "-oYR-"),
    Line("calls/<int:pk>/number/", "missed", "-YYR-", "-YYR-"),
    # what a call was about: who takes calls, of a call that he may see; the classes are the administrator's
    Line("calls/<int:pk>/class/", "call", "-oY--", "-oY--"),
    Line("calls/<int:pk>/class/", "missed", "-YY--", "-YY--"),
    Line("staff/call-classes/", "", "----Y", "----Y"),
    Line("staff/call-classes/<int:pk>/", "call_class", "----Y", "----Y"),
    # call history: own and missed for a dispatcher
    Line("calls/", "", "-YYY-", "-MMM-"),
    Line("calls/missed/", "", "-YYY-", "-MMM-"),
    Line("calls/<int:pk>/", "call", "-oYY-", "-MMM-"),
    Line("calls/<int:pk>/", "missed", "-YYY-", "-MMM-"),
    # staff, roles, extensions, PBX
    Line("staff/", "", "----Y", "----M"),
    Line("staff/new/", "", "----Y", "----Y"),
    Line("staff/<int:pk>/", "person", "----Y", "----Y"),
    Line("staff/<int:pk>/password/", "person", "----M", "----Y"),
    Line("staff/break-reasons/", "", "----Y", "----Y"),
    Line("staff/break-reasons/<int:pk>/", "break_reason", "----Y", "----Y"),
    Line("staff/dialling/", "", "----Y", "----Y"),
    Line("staff/dialling/try/", "", "----M", "----Y"),
    Line("staff/phone-models/", "", "----Y", "----M"),
    Line("staff/phone-models/<int:pk>/", "phone_model", "----M", "----Y"),
    Line("staff/extensions/", "", "----Y", "----M"),
    Line("staff/music/", "", "----Y", "----Y"),
    Line("staff/music/files/", "", "----M", "----Y"),
    Line("staff/music/files/<str:name>/remove/", " name=hold.wav", "----M", "----Y"),
    Line("staff/music/listen/", "", "----M", "----Y"),
    Line("staff/doctor/", "", "----Y", "----Y"),
    Line("staff/extensions/new/", "", "----Y", "----Y"),
    Line("staff/extensions/<int:pk>/", "extension", "----Y", "----Y"),
    # other systems: their tokens and webhooks are the administrator's
    Line("systems/", "", "----Y", "----M"),
    Line("systems/tokens/new/", "", "----Y", "----Y"),
    Line("systems/tokens/<int:pk>/revoke/", "token", "----M", "----Y"),
    Line("systems/webhooks/", "", "----Y", "----M"),
    Line("systems/webhooks/new/", "", "----Y", "----Y"),
    Line("systems/webhooks/<int:pk>/", "webhook", "----Y", "----Y"),
    Line("systems/webhooks/<int:pk>/secret/", "webhook", "----M", "----Y"),
    Line("systems/webhooks/<int:pk>/start/", "webhook", "----M", "----Y"),
    Line("systems/webhooks/<int:pk>/trial/", "webhook", "----M", "----Y"),
    Line("systems/webhooks/<int:pk>/remove/", "webhook", "----M", "----Y"),
    Line("systems/webhooks/messages/<int:pk>/again/", "message", "----M", "----Y"),
    # the ledger of commands: a supervisor sees it
    Line("ledger/", "", "--Y-Y", "--M-M"),
    # journal: own shift's for a supervisor (tests/audit)
    Line("journal/", "", "--YYY", "--MMM"),
)

# what nobody may, without a word of who he is; everywhere else: reading leads to the sign-in page, posting is a 404
OPEN_TO_NOBODY = {
    ("GET", "sign-in/"): {200},
    ("POST", "sign-in/"): {422},
    ("POST", "language/"): {302},
    ("GET", "healthz"): {200},
    ("POST", "healthz"): {405},
    ("GET", "readyz"): {200},
    ("POST", "readyz"): {405},
}


OPEN_TO_NOBODY_BY_ANY_METHOD = {"sign-in/", "healthz", "readyz"}


def name_of(line: Line) -> str:
    return f"/{line.route}{line.query} {line.about}".strip()


def addresses(patterns: list, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)


EVERY_ADDRESS = sorted(addresses(get_resolver().url_patterns))


@dataclass
class World:
    """One person of each role, what is theirs, and what is somebody else's."""

    sessions: dict[str, str] = field(default_factory=dict)  # role → the cookie of who is signed in
    own: dict[tuple[str, str], Any] = field(default_factory=dict)  # (kind, role) → its key
    others: dict[str, Any] = field(default_factory=dict)  # kind → the key of somebody else's


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[World, Path]]:
    """The world, made once, in a transaction that ends with this file, and the folder of its recordings."""
    folder = tmp_path_factory.mktemp("recordings")
    with django_db_blocker.unblock(), transaction.atomic():
        yield made_in(folder), folder
        transaction.set_rollback(True)


@pytest.fixture
def world(made, db, settings, tmp_path) -> World:
    """Every case has it as it was made: `db` is a savepoint within that transaction, the recordings are a copy."""
    world, folder = made
    settings.RECORDINGS_DIR = shutil.copytree(folder, tmp_path / "recordings")
    return world


def made_in(folder: Path) -> World:
    world = World()
    client = Client.objects.create(name="Анна")
    phone = ClientPhone.objects.create(client=client, e164="+79161234567", raw="8 916 123-45-67", is_main=True)
    extension = Extension.objects.create(number="199", interface="PJSIP/199")
    petrov = person("petrov", Role.DISPATCHER)
    shift = Shift.objects.create(person=petrov, extension="199", started_at=timezone.now())
    now = timezone.now()
    waiting = {"direction": "in", "caller_raw": "89269998877", "caller_e164": "+79269998877", "recognised": "new"}
    ringing = Call.objects.create(key="ringing", state="ringing", started_at=now, **waiting)
    missed = Call.objects.create(
        key="missed", state="ended", result="abandoned", started_at=now, ended_at=now, **waiting
    )
    address = ClientAddress.objects.create(client=client, address="Арбат, 1")
    account = Account.objects.create(name="Завод", currency="RUB")
    vehicle = Vehicle.objects.create(plate="А 123 ВС")
    document = DriverDocument.objects.create(driver=driver("98"), kind="licence")
    employee = Employee.objects.create(account=account, client=client)
    proposal = MarkProposal.objects.create(client=client, reason="x", proposed_by=petrov, proposed_at=now)
    closed = Order.objects.create(state=State.COMPLETED, state_since=now, client=client, pickup="Арбат, 1")
    scheduled = Order.objects.create(
        state=State.SCHEDULED, state_since=now, client=client, pickup="Арбат, 1", pickup_at=now + timedelta(days=3)
    )
    recurrence = Recurrence.objects.create(
        pattern=scheduled, client=client, weekdays=[0], time=time(7, 30), starts_on=now.date()
    )
    fleet = Fleet.objects.create(name="Такси")
    FleetLogo.objects.create(fleet=fleet, content=b"x", content_type="image/png", digest="abc")
    tariff = Tariff.objects.create(fleet=fleet, name="Эконом", service_class="economy")
    version = TariffVersion.objects.create(tariff=tariff, valid_from=now, currency="RUB", rates={})
    quote = KeptQuote.objects.create(tariff_version=version, pickup="Арбат, 1", price=100, currency="RUB")
    webhook, _secret = webhooks.subscribe(url="https://shop.example/", kinds=[], whole_numbers=False, actor=petrov)
    world.others = things_of(petrov, client, driver("99"), folder) | {
        "ringing": ringing.pk,
        "missed": missed.pk,
        "closed": closed.pk,
        "scheduled": scheduled.pk,
        "recurrence": recurrence.pk,
        "shift": shift.pk,
        "person": petrov.pk,
        "extension": extension.pk,
        "phone_model": PhoneModel.objects.create(name="Snom", way="hand", seen_at=timezone.now()).pk,
        "handover": Handover.objects.create(shift=shift, made_at=now).pk,
        "call_back": CallBack.objects.create(phone="+79161234567", due_at=now, created_by=petrov).pk,
        "break_reason": BreakReason.objects.create(name="обед").pk,
        "call_class": CallClass.objects.create(name="жалоба").pk,
        "cancel_reason": CancelReason.objects.create(by_whom=CalledOffBy.CLIENT, text="передумал").pk,
        "client": client.pk,
        "phone": phone.pk,
        "block": ClientDriverBlock.objects.create(client=client, driver=driver("97")).pk,
        "address": address.pk,
        "proposal": proposal.pk,
        "account": account.pk,
        "employee": employee.pk,
        "vehicle": vehicle.pk,
        "fleet": fleet.pk,
        "tariff": tariff.pk,
        "version": version.pk,
        "quote": quote.pk,
        "webhook": webhook.pk,
        "message": webhooks.try_out(subscription_id=webhook.pk).pk,
        "token": tokens.issue(name="Сайт", scopes=[], a_minute=60, actor=petrov)[0].pk,
        "document": document.pk,
        **town_of(petrov),
        "filter": SavedFilter.objects.create(owner=petrov, name="hers").pk,
    }
    for number, role in enumerate(ROLES, start=1):
        someone = person(f"{role}-1", role)
        if role in (Role.DISPATCHER, Role.SUPERVISOR):
            Shift.objects.create(person=someone, extension=f"10{number}", started_at=timezone.now())
        his_driver = driver(f"{number}", someone if role == Role.DRIVER else None)
        for kind, key in things_of(someone, client, his_driver, folder).items():
            world.own[kind, role] = key
        browser = Browser()
        browser.force_login(someone)
        world.sessions[role] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return world


def signed_in(world: World, role: str) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
    return browser


def person(username: str, role: Role) -> Person:
    return Person.objects.create(username=username, first_name="Имя", last_name=username, roles=[role])


def town_of(person: Person) -> dict[str, Any]:
    street = Street.objects.create(name="улица Ленина", latitude=55.75, longitude=37.61)
    place = Place.objects.create(name="вокзал", latitude=55.75, longitude=37.61)
    area = {"type": "Polygon", "coordinates": [[[37, 55], [38, 55], [38, 56], [37, 55]]]}
    zone = Zone.objects.create(name="Центр", area=area, south=55, north=56, west=37, east=38)
    return {
        "street": street.pk,
        "house": House.objects.create(street=street, number="5", search="5", latitude=55.75, longitude=37.61).pk,
        "place": place.pk,
        "name": Name.objects.create(street=street, text="Ленина", search="lenina").pk,
        "zone": zone.pk,
        "stand": Stand.objects.create(name="у вокзала", latitude=55.75, longitude=37.61).pk,
        "upload": Upload.objects.create(name="town.csv", data=b"", created_by=person).pk,
    }


def driver(call_sign: str, person: Person | None = None) -> Driver:
    made = Driver.objects.create(
        call_sign=call_sign, first_name="Иван", last_name="Соколов", person=person, on_shift=True
    )
    DriverPhone.objects.create(driver=made, e164=f"+7903111{call_sign:0>4}", raw=call_sign)
    return made


def things_of(person: Person, client: Client, driver: Driver, folder: Path) -> dict[str, Any]:
    """What the person made or answered: a finished call with its recording, an order that his driver has, a draft."""
    now = timezone.now()
    ended = Call.objects.create(
        key=f"{person.username}.1",
        direction="in",
        state="ended",
        result="answered",
        caller_raw="89161234567",
        caller_e164="+79161234567",
        recognised="known",
        client=client,
        answered_by=person,
        answered_extension="101",
        started_at=now - timedelta(minutes=5),
        answered_at=now - timedelta(minutes=4),
        ended_at=now - timedelta(minutes=3),
    )
    Leg.objects.create(
        call=ended, uniqueid="1", channel="PJSIP/101-1", party="101", person=person, role="called", outcome="answered",
        started_at=ended.started_at, answered_at=ended.answered_at, ended_at=ended.ended_at,
    )  # fmt: skip
    file = f"{person.username}.wav"
    with wave.open(str(folder / file), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    recording = Recording.objects.create(call=ended, file=file, started_at=now, seconds=1.0, size=16044)
    order = Order.objects.create(
        state=State.ASSIGNED, state_since=now, client=client, driver=driver, phone="+79161234567", pickup="Тверская, 1",
        created_by=person,
    )  # fmt: skip
    reserved = Order.objects.create(
        state=State.SCHEDULED, state_since=now, client=client, pickup="Тверская, 1", reserved_for=driver,
        pickup_at=now + timedelta(days=1), confirm_by=now + timedelta(hours=9),
    )  # fmt: skip
    offer = Offer.objects.create(
        order=order, driver=driver, phase="manual", state="refused", sent_at=now, expires_at=now, ended_at=now
    )
    draft = Draft.objects.create(owner=person)
    sheet = Import.objects.create(kind="drivers", file_name="x.csv", language="en", owner=person)
    saved = SavedFilter.objects.create(owner=person, name="mine")
    return {
        "filter": saved.pk,
        "call": ended.pk,
        "recording": recording.pk,
        "order": order.pk,
        "reserved": reserved.pk,
        "driver": driver.pk,
        "draft": draft.pk,
        "import": sheet.pk,
        "offer": offer.pk,
    }


def test_every_address_has_its_line():
    lines = {line.route for line in TABLE} | {f"api/v1/{rest}" for rest in API}
    new = [address for address in EVERY_ADDRESS if address not in lines]
    assert not new, f"write into TABLE, as shared roles say, who may read and post: {new}"
    gone = sorted(lines - set(EVERY_ADDRESS))
    assert not gone, f"these lines of TABLE lead nowhere any more: {gone}"


@pytest.mark.parametrize("line", TABLE, ids=name_of)
def test_who_may(world, line):
    wrong = []
    for role, read, post in zip(ROLES, line.reading, line.posting, strict=True):
        browser = signed_in(world, role)
        for method, cell in (("GET", read), ("POST", post)):
            for whose, expected in cases(cell):
                key = world.own.get((line.kind, role)) if whose == "own" else world.others.get(line.kind)
                status = ask(browser, method, line.path(key))
                if status not in expected:
                    wrong.append(f"{role} {method} {line.path(key)} ({whose}): {status}, not of {sorted(expected)}")
    assert not wrong, "\n".join(wrong)


def test_the_api_knows_tokens_and_no_people(world):
    browsers = {"nobody": Browser(raise_request_exception=False)} | {role: signed_in(world, role) for role in ROLES}
    for rest in API:
        path = f"/api/v1/{re.sub('<[^>]+>', '1', rest)}"
        for who, browser in browsers.items():
            others = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS") if who == "nobody" else ()
            for method in ("GET", "POST", *others):
                assert ask(browser, method, path) == 401, f"{who} {method} {path}"


@pytest.mark.parametrize("line", TABLE, ids=name_of)
def test_nobody_learns_what_exists(world, line):
    path = line.path(world.others.get(line.kind))
    nobody = Browser(raise_request_exception=False)
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        if expected := OPEN_TO_NOBODY.get(("GET" if method == "HEAD" else method, line.route)):
            assert ask(nobody, method, path) in expected
        elif line.route in OPEN_TO_NOBODY_BY_ANY_METHOD:
            assert ask(nobody, method, path) in MEANS[NO_SUCH_METHOD] | MEANS[SERVED]
        elif method in ("GET", "HEAD"):
            answer = nobody.generic(method, path)
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in/")
        else:
            assert ask(nobody, method, path) == 404, f"{method} {path}"


@pytest.mark.parametrize("line", [line for line in TABLE if line.kind], ids=name_of)
def test_what_does_not_exist_is_not_found_by_anybody(world, line):
    """Nor is it an error: a key of nothing, or a number that no database holds."""
    missing = [uuid.uuid4()] if "<uuid:" in line.route else [987654321, 2**80]
    for role, read, post in zip(ROLES, line.reading, line.posting, strict=True):
        browser = signed_in(world, role)
        for key in missing:
            for method, cell in (("GET", read), ("POST", post)):
                expected = {404, 405} if cell == NO_SUCH_METHOD else {404, 403}
                assert ask(browser, method, line.path(key)) in expected, f"{role} {method} {line.path(key)}"


def cases(cell: str) -> Iterator[tuple[str, set[int]]]:
    if cell in (OWN, OWN_HIDDEN):
        yield "own", MEANS[SERVED]
        yield "another", MEANS[REFUSED if cell == OWN else HIDDEN]
    else:
        yield "another", MEANS[cell]


def ask(browser: Browser, method: str, path: str) -> int:
    """The status of the answer. Whatever it changed is taken back."""
    with transaction.atomic():
        answer = browser.generic(method, path)
        transaction.set_rollback(True)
    return answer.status_code
