"""Actions that only look: the lists and settings of which a snapshot is made."""

import time
from collections.abc import Callable

from telephony.sim.answers import Answer, Item, done, listing, refused
from telephony.sim.channel import Channel
from telephony.sim.pbx import STAFF, TRUNK, USER_AGENT, Pbx, hint, parked
from telephony.sim.wire import Action, Header

VERSION = "22.10.1"
ENDPOINT_STATES = {"NOT_INUSE": "Not in use", "UNAVAILABLE": "Unavailable", "RINGING": "Ringing", "INUSE": "In use"}


def ping(pbx: Pbx, action: Action) -> Answer:
    return done("", ("Ping", "Pong"), ("Timestamp", f"{time.time():.6f}"))


def core_settings(pbx: Pbx, action: Action) -> Answer:
    return done(
        "",
        ("AMIversion", "11.0.0"),
        ("AsteriskVersion", f"{VERSION} (simulated)"),
        ("SystemName", ""),
        ("CoreMaxCalls", "0"),
        ("CoreMaxLoadAvg", "0.000000"),
        ("CoreRunUser", ""),
        ("CoreRunGroup", ""),
        ("CoreMaxFilehandles", "0"),
        ("CoreRealTimeEnabled", "No"),
        ("CoreCDRenabled", "No"),
        ("CoreHTTPenabled", "No"),
        ("SoundsSearchCustomDir", "No"),
    )


def core_status(pbx: Pbx, action: Action) -> Answer:
    began = time.localtime(pbx.started)
    day, hour = time.strftime("%Y-%m-%d", began), time.strftime("%H:%M:%S", began)
    calls = sum(1 for c in pbx.channels.values() if c.task)
    return done(
        "",
        ("CoreStartupDate", day),
        ("CoreStartupTime", hour),
        ("CoreReloadDate", day),
        ("CoreReloadTime", hour),
        ("CoreCurrentCalls", str(calls)),
        ("CoreProcessedCalls", str(pbx.calls)),
    )


def status(pbx: Pbx, action: Action) -> Answer:
    wanted = action.get("Channel")
    if wanted:
        channel = pbx.find(wanted)
        if channel is None:
            return refused("No such channel")
        channels = [channel]
    else:
        channels = list(pbx.channels.values())
    names = [name for value in action.all("Variables") for name in value.split(",") if name]
    items = [Item("Status", tuple(status_headers(c, names)), id_first=False, privilege="Call") for c in channels]
    return listing("Channel status will follow", "StatusComplete", items, ("Items", str(len(items))))


def status_headers(channel: Channel, names: list[str]) -> list[Header]:
    shown = channel.connected
    return [
        *channel.headers(),
        ("Type", "PJSIP"),
        ("DNID", channel.dialled),
        ("EffectiveConnectedLineNum", shown.number or "<unknown>"),
        ("EffectiveConnectedLineName", shown.name or "<unknown>"),
        ("TimeToHangup", "0"),
        ("BridgeID", channel.bridge.uniqueid if channel.bridge else ""),
        ("Application", channel.application),
        ("Data", channel.data),
        ("Nativeformats", "(ulaw)"),
        ("Readformat", "ulaw"),
        ("Readtrans", ""),
        ("Writeformat", "ulaw"),
        ("Writetrans", ""),
        ("Callgroup", "0"),
        ("Pickupgroup", "0"),
        ("Seconds", str(int(time.time() - channel.born))),
        *(("Variable", f"{name}={value_of(channel, name)}") for name in names),
    ]


def value_of(channel: Channel, name: str) -> str:
    functions = {"CHANNEL(linkedid)": channel.linkedid, "CHANNEL(name)": channel.name, "UNIQUEID": channel.uniqueid}
    return functions.get(name) or channel.variables.get(name, "")


def core_show_channels(pbx: Pbx, action: Action) -> Answer:
    items = []
    for channel in pbx.channels.values():
        seconds = int(time.time() - channel.born)
        extra = [
            ("Application", channel.application),
            ("ApplicationData", channel.data),
            ("Duration", f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"),
            ("BridgeId", channel.bridge.uniqueid if channel.bridge else ""),
        ]
        items.append(Item("CoreShowChannel", (*channel.headers(), *extra)))
    return listing("Channels will follow", "CoreShowChannelsComplete", items)


def bridge_list(pbx: Pbx, action: Action) -> Answer:
    items = [Item("BridgeListItem", tuple(bridge.headers())) for bridge in pbx.bridges.values()]
    return listing("Bridge listing will follow", "BridgeListComplete", items)


def bridge_info(pbx: Pbx, action: Action) -> Answer:
    uniqueid = action.get("BridgeUniqueid")
    if not uniqueid:
        return refused("BridgeUniqueid must be provided")
    bridge = pbx.bridges.get(uniqueid)
    if bridge is None:
        return refused("Specified BridgeUniqueid not found")
    items = [Item("BridgeInfoChannel", tuple(channel.headers())) for channel in bridge.channels]
    return listing("Bridge channel listing will follow", "BridgeInfoComplete", items, *bridge.headers())


def queue_status(pbx: Pbx, action: Action) -> Answer:
    queue = pbx.queue
    if action.get("Queue") not in ("", queue.name):
        return listing("Queue status will follow", "QueueStatusComplete", [])
    params = (
        ("Queue", queue.name),
        ("Max", "0"),
        ("Strategy", "ringall"),
        ("Calls", str(len(queue.entries))),
        ("Holdtime", "0"),
        ("TalkTime", "0"),
        ("Completed", str(queue.completed)),
        ("Abandoned", str(queue.abandoned)),
        ("ServiceLevel", "0"),
        ("ServicelevelPerf", "0.0"),
        ("ServicelevelPerf2", "0.0"),
        ("Weight", "0"),
    )
    items = [Item("QueueParams", params, id_first=False)]
    for member in queue.roster.members.values():
        own = (("Queue", queue.name), ("Name", member.name), ("Location", member.interface))
        headers = (*own, *queue.roster.member_headers(member), ("Wrapuptime", "0"))
        items.append(Item("QueueMember", headers, id_first=False))
    for place, entry in enumerate(queue.entries, start=1):
        channel = entry.channel
        headers = (
            ("Queue", queue.name),
            ("Position", str(place)),
            ("Channel", channel.name),
            ("Uniqueid", channel.uniqueid),
            ("CallerIDNum", channel.caller.number or "unknown"),
            ("CallerIDName", channel.caller.name or "unknown"),
            ("ConnectedLineNum", channel.connected.number or "unknown"),
            ("ConnectedLineName", channel.connected.name or "unknown"),
            ("Wait", str(int(time.time() - entry.joined))),
            ("Priority", str(entry.priority)),
        )
        items.append(Item("QueueEntry", headers, id_first=False))
    return listing("Queue status will follow", "QueueStatusComplete", items)


def queue_summary(pbx: Pbx, action: Action) -> Answer:
    queue = pbx.queue
    longest = max((int(time.time() - e.joined) for e in queue.entries), default=0)
    headers = (
        ("Queue", queue.name),
        ("LoggedIn", str(len(queue.roster.members))),
        ("Available", str(len(queue.roster.available()))),
        ("Callers", str(len(queue.entries))),
        ("HoldTime", "0"),
        ("TalkTime", "0"),
        ("LongestHoldTime", str(longest)),
    )
    wanted = action.get("Queue") in ("", queue.name)
    items = [Item("QueueSummary", headers, id_first=False)] if wanted else []
    return listing("Queue summary will follow", "QueueSummaryComplete", items)


def parked_calls(pbx: Pbx, action: Action) -> Answer:
    items = [Item("ParkedCall", tuple(parked(channel))) for channel in pbx.channels.values() if channel.parked_at]
    return listing("Parked calls will follow", "ParkedCallsComplete", items, ("Total", str(len(items))))


def extension_state(pbx: Pbx, action: Action) -> Answer:
    exten, context = action.get("Exten"), action.get("Context")
    status = {"Status": "-1", "StatusText": "Unknown"}
    if exten in STAFF:
        status = dict(hint(exten, pbx.device_state(f"PJSIP/{exten}")))
    headers = (
        ("Exten", exten),
        ("Context", context),
        ("Hint", status.get("Hint", "")),
        ("Status", status["Status"]),
        ("StatusText", status["StatusText"]),
    )
    return done("Extension Status", *headers)


def extension_state_list(pbx: Pbx, action: Action) -> Answer:
    items = [Item("ExtensionStatus", tuple(hint(e, pbx.device_state(f"PJSIP/{e}")))) for e in STAFF]
    return listing("Extension Statuses will follow", "ExtensionStateListComplete", items)


def device_state_list(pbx: Pbx, action: Action) -> Answer:
    items = [Item("DeviceStateChange", (("Device", device), ("State", state))) for device, state in pbx.known_devices()]
    return listing("Device State Changes will follow", "DeviceStateListComplete", items)


def presence_state_list(pbx: Pbx, action: Action) -> Answer:
    return listing("Presence State Changes will follow", "PresenceStateListComplete", [])


def pjsip_show_endpoints(pbx: Pbx, action: Action) -> Answer:
    items = []
    for name in [f"{extension}{kind}" for extension in STAFF for kind in ("", "w")] + ["trunk"]:
        device = "PJSIP/" + name
        state = pbx.device_state(device)
        contact = "" if state == "UNAVAILABLE" else f"{name}/sip:{name}@127.0.0.1:5060,"
        headers = (
            ("ObjectType", "endpoint"),
            ("ObjectName", name),
            ("Transport", ""),
            ("Aor", name),
            ("Auths", "" if device == TRUNK else name),
            ("OutboundAuths", ""),
            ("Contacts", contact),
            ("DeviceState", ENDPOINT_STATES.get(state, "In use")),
            ("ActiveChannels", str(sum(c.device == device for c in pbx.channels.values()))),
        )
        items.append(Item("EndpointList", headers))
    message = "A listing of Endpoints follows, presented as EndpointList events"
    return listing(message, "EndpointListComplete", items)


def pjsip_show_contacts(pbx: Pbx, action: Action) -> Answer:
    items = []
    for name in STAFF:
        headers = (
            ("ObjectType", "contact"),
            ("ObjectName", f"{name};@simulated"),
            ("ViaAddr", "127.0.0.1"),
            ("QualifyTimeout", "3.000000"),
            ("Qualify2xxOnly", "false"),
            ("CallId", f"simulated-{name}"),
            ("RegServer", ""),
            ("PruneOnBoot", "no"),
            ("Path", ""),
            ("Endpoint", name),
            ("ViaPort", "5060"),
            ("AuthenticateQualify", "no"),
            ("Uri", f"sip:{name}@127.0.0.1:5060"),
            ("QualifyFrequency", "0"),
            ("UserAgent", USER_AGENT),
            ("ExpirationTime", str(int(time.time()) + 120)),
            ("OutboundProxy", ""),
            ("Status", "NonQualified"),
            ("RoundtripUsec", "N/A"),
        )
        items.append(Item("ContactList", headers))
    message = "A listing of Contacts follows, presented as ContactList events"
    return listing(message, "ContactListComplete", items)


def no_conferences(pbx: Pbx, action: Action) -> Answer:
    return refused("No active conferences.")


def db_get(pbx: Pbx, action: Action) -> Answer:
    key = (action.get("Family"), action.get("Key"))
    if key not in pbx.database:
        return refused("Database entry not found")
    headers = (("Family", key[0]), ("Key", key[1]), ("Val", pbx.database[key]))
    return listing("Result will follow", "DBGetComplete", [Item("DBGetResponse", headers, id_first=False)])


def db_tree(pbx: Pbx, action: Action) -> Answer:
    family = action.get("Family")
    entries = sorted((key, value) for (of, key), value in pbx.database.items() if of == family)
    if not entries:
        return refused("Database entry not found")
    items = [Item("DBGetTreeResponse", (("Key", f"/{family}/{k}"), ("Val", v)), id_first=False) for k, v in entries]
    return listing("Result will follow", "DBGetTreeComplete", items)


REPORTS: dict[str, Callable[[Pbx, Action], Answer]] = {
    "ping": ping,
    "coresettings": core_settings,
    "corestatus": core_status,
    "status": status,
    "coreshowchannels": core_show_channels,
    "bridgelist": bridge_list,
    "bridgeinfo": bridge_info,
    "queuestatus": queue_status,
    "queuesummary": queue_summary,
    "parkedcalls": parked_calls,
    "extensionstate": extension_state,
    "extensionstatelist": extension_state_list,
    "devicestatelist": device_state_list,
    "presencestatelist": presence_state_list,
    "pjsipshowendpoints": pjsip_show_endpoints,
    "pjsipshowcontacts": pjsip_show_contacts,
    "confbridgelistrooms": no_conferences,
    "confbridgelist": no_conferences,
    "dbget": db_get,
    "dbgettree": db_tree,
}
