"""What the doctor says, in the reader's language, and what is to be written where."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language_bidi, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from telephony.doctor import findings as f

CHECK_NAMES = {
    f.LINK: gettext_lazy("Link"),
    f.CONNECTION: gettext_lazy("Connection and sign-in"),
    f.VERSION: gettext_lazy("Version of Asterisk"),
    f.CLOCK: gettext_lazy("Clock"),
    f.MAY: gettext_lazy("What we may do"),
    f.DIALPLAN: gettext_lazy("Dialplan"),
    f.SETTINGS: gettext_lazy("Numbers and trunk"),
    f.QUEUE: gettext_lazy("Queue"),
    f.PARKING: gettext_lazy("Parking lot"),
    f.FEATURES: gettext_lazy("Codes on the keypad"),
    f.PHONES: gettext_lazy("Extensions on the PBX"),
    f.BROWSERS: gettext_lazy("Telephones in the browser on the PBX"),
    f.WIRE: gettext_lazy("Way from the browser to the PBX"),
    f.CALL: gettext_lazy("Call between two test ends"),
    f.HEARS: gettext_lazy("What we hear"),
    f.MUSIC: gettext_lazy("Music on hold"),
    f.RECORDING: pgettext_lazy("doctor", "Recording"),
    f.TELEPHONES: gettext_lazy("Two telephones"),
}
STATES = {
    f.OK: pgettext_lazy("doctor", "in order"),
    f.WARN: pgettext_lazy("doctor", "look at it"),
    f.FAIL: pgettext_lazy("doctor", "to be mended"),
    f.NOT: pgettext_lazy("doctor", "not checked"),
}
RELOAD = {
    "manager": 'asterisk -rx "manager reload"',
    "dialplan": 'asterisk -rx "dialplan reload"',
    "pjsip": 'asterisk -rx "module reload res_pjsip.so"',
    "parking": 'asterisk -rx "module reload res_parking.so"',
    "queue": 'asterisk -rx "queue reload all"',
    "features": 'asterisk -rx "module reload features"',
    "moh": 'asterisk -rx "moh reload"',
    "http": 'asterisk -rx "module reload http"',
}
LOAD_CLASSES = "touch /etc/asterisk/musiconhold.conf\n" + RELOAD["moh"]  # an untouched file is not read again
KEYS = "tlscertfile = /etc/asterisk/keys/fullchain.pem\ntlsprivatekey = /etc/asterisk/keys/privkey.pem\n"
TLS = (
    "; site/http.conf\nbindaddr = 0.0.0.0\nbindport = 8088\ntlsenable = yes\ntlsbindaddr = 0.0.0.0:8089\n"
    f"{KEYS}\n{RELOAD['http']}\n\nPHONE_URL=wss://HOST:8089/ws"
)
STAFF = "; pjsip.conf, [staff](!)\n"
MENDS = {
    "no_pbx": "AMI_URL=ami://dispatch:SECRET@HOST:5038",
    "link_none": "manage.py link",
    "refused": "; site/manager.conf\n[general](+)\nbindaddr = 0.0.0.0\nport = %(port)s\n\n" + RELOAD["manager"],
    "wrong_secret": "; site/manager.conf\n[%(user)s](link)\nsecret = …\npermit = …\n\n" + RELOAD["manager"],
    "clock_differs": "timedatectl set-ntp true",
    "may_not": "; manager.conf, [link](!)\nwrite = system,call,agent,originate,reporting,user\n\n" + RELOAD["manager"],
    "hears_not": "; manager.conf, [link](!)\nread = system,call,agent,user,dtmf,cdr\n\n" + RELOAD["manager"],
    "call_unseen": "; manager.conf, [link](!)\nread = system,call,agent,user,dtmf,cdr\n\n" + RELOAD["manager"],
    "no_mark": "; manager.conf, [general]\nchannelvars = DISP_CALL,DISP_HOLD\n\n" + RELOAD["manager"],
    "contexts_missing": "cp deploy/asterisk/dialplan/*.conf /etc/asterisk/dialplan/\n"
    "cp deploy/asterisk/extensions.conf /etc/asterisk/\n" + RELOAD["dialplan"],
    "contexts_differ": "cp deploy/asterisk/dialplan/*.conf /etc/asterisk/dialplan/\n" + RELOAD["dialplan"],
    "globals_empty": "; site/globals.conf\nCITY_NUMBER = 4950000\nTRUNK = trunk\n"
    "RECDIR = /var/spool/asterisk/monitor\n\n" + RELOAD["dialplan"],
    "no_trunk": "; site/globals.conf\nTRUNK = trunk\n\n; site/pjsip.conf\n"
    "[%(name)s](carrier)\naors = %(name)s\n\n" + RELOAD["pjsip"],
    "no_queue": "; queues.conf\n[%(queue)s]\nstrategy = ringall\n\n" + RELOAD["queue"],
    "no_lot": "; res_parking.conf\n[default]\nparkpos = 701-720\nparkingtime = 0\n\n" + RELOAD["parking"],
    "lot_small": "; res_parking.conf, [default]\nparkpos = 701-720\n\n" + RELOAD["parking"],
    "lot_ends": "; res_parking.conf, [default]\nparkingtime = 0\n\n" + RELOAD["parking"],
    "codes_differ": "; features.conf, [featuremap]\n%(codes)s\n\n" + RELOAD["features"],
    "busy_at": STAFF + "device_state_busy_at = 0\n\n" + RELOAD["pjsip"],
    "silence": STAFF + "rtp_timeout = 10\n\n" + RELOAD["pjsip"],
    "no_codec": STAFF + "allow = ulaw,alaw\n\n" + RELOAD["pjsip"],
    "other_context": STAFF + "context = staff\n\n" + RELOAD["pjsip"],
    "no_endpoint": "; site/pjsip.conf\n[101](staff)\nauth = 101\naors = 101\n[101](staff-aor)\n"
    "[101](staff-auth)\nusername = 101\npassword = …\n\n" + RELOAD["pjsip"],
    "no_hint": "; site/hints.conf\nexten => 101,hint,PJSIP/101&PJSIP/101w,CustomPresence:101\n\n" + RELOAD["dialplan"],
    "no_web_endpoint": "; site/pjsip.conf\n[101w](staff-web)\nauth = 101w\naors = 101w\n[101w](staff-web-aor)\n\n"
    + RELOAD["pjsip"],
    "web_media": "cp deploy/asterisk/pjsip.conf /etc/asterisk/\n" + RELOAD["pjsip"],
    "web_bundle": "; pjsip.conf, [staff-web]: no webrtc = yes\nbundle = no\n\n" + RELOAD["pjsip"],
    "web_contact": "; site/pjsip.conf\n[101w](staff-web-aor)\n\n" + RELOAD["pjsip"],
    "web_secret": "cp deploy/asterisk/sorcery.conf /etc/asterisk/\nasterisk -rx 'core restart when convenient'",
    "wire_plain": TLS,
    "wire_refused": TLS,
    "wire_no_tls": TLS,
    "wire_untrusted": f"; site/http.conf\n{KEYS}\n{RELOAD['http']}",
    "wire_not_found": 'asterisk -rx "module load res_http_websocket.so"\n\nPHONE_URL=wss://%(host)s:%(port)s/ws',
    "wire_no_sip": "; site/pjsip.conf\n[transport-wss]\ntype = transport\nprotocol = wss\nbind = 0.0.0.0\n\n"
    'asterisk -rx "module load res_pjsip_transport_websocket.so"',
    "wire_proxy_alone": "# Caddyfile\nhandle /phone-line/ {\n  rewrite * /ws\n  reverse_proxy PBX:8088\n}",
    "wire_no_upgrade": "# nginx\nlocation = /phone-line/ {\n  proxy_pass http://PBX:8088/ws;\n"
    '  proxy_http_version 1.1;\n  proxy_set_header Upgrade $http_upgrade;\n  proxy_set_header Connection "upgrade";\n}',
    "no_music": "; site/musiconhold.conf\ndirectory = /usr/share/asterisk/moh\n\n" + LOAD_CLASSES,
    "classes_empty": LOAD_CLASSES,
    "not_written": "; site/globals.conf\nRECDIR = %(folder)s\n\nchown asterisk %(folder)s",
    "not_seen": "RECORDINGS_DIR=%(folder)s",
}


def name(check: str) -> str:
    return str(CHECK_NAMES.get(check, check))


def mend(said: str, args: Mapping[str, Any]) -> str:
    """What to write or to run, the same in every language; "" where the sentence says all."""
    return MENDS.get(said, "") % args if said in MENDS else ""


def sentence(said: str, args: Mapping[str, Any]) -> str:
    """What was found, and where it is mended."""
    told = {key: _apart(value) for key, value in args.items()}
    return _sentence(said) % told


def _apart(value: Any) -> str:
    """A path or a name stays in one piece in a line that runs the other way."""
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return f"\u2066{text}\u2069" if get_language_bidi() else text


def _sentence(said: str) -> str:
    match said:
        case "link_active":
            return _("%(holder)s holds the line to the PBX.")
        case "link_none":
            return _("No link is running: the desk sees no calls. Start it, and see in its log why it ended.")
        case "no_pbx":
            return _(
                "No PBX is named. Write its address and our AMI user into the environment, and start the link anew."
            )
        case "connected":
            return _("%(host)s:%(port)s lets “%(user)s” in.")
        case "refused":
            return _("Nothing listens at %(host)s:%(port)s. Start Asterisk, or let its AMI listen there.")
        case "silent":
            return _(
                "%(host)s:%(port)s does not answer. See whether the machine is on and its firewall lets us through."
            )
        case "unreachable":
            return _("%(host)s:%(port)s cannot be reached (%(why)s). See whether AMI_URL names the right machine.")
        case "not_ami":
            return _(
                "What answers at %(host)s:%(port)s is no Asterisk Manager. AMI_URL must name the port of manager.conf."
            )
        case "wrong_secret":
            return _(
                "The PBX does not let “%(user)s” in. Name and secret must be those of AMI_URL, and “permit” must have "
                "this machine’s address."
            )
        case "unanswered":
            return _("The PBX did not answer this: %(why)s. See how loaded it is, and try again.")
        case "pretend":
            return _("Not checked: this is the pretend PBX, which cannot prove it.")
        case "pretend_version":
            return _("%(version)s: the pretend PBX. What only a real one can prove is not checked.")
        case "version":
            return _("Asterisk %(version)s.")
        case "other_version":
            return _("Asterisk %(version)s. This desk is tested with version %(tested)s.")
        case "too_old":
            return _("Asterisk %(version)s is too old. Install version %(tested)s.")
        case "clock":
            return _("The clocks differ by %(seconds)s s.")
        case "clock_differs":
            return _("The clocks of the PBX and of this machine differ by %(seconds)s s. Set both by a time server.")
        case _:
            return _sentence_of_the_configuration(said)


def _sentence_of_the_configuration(said: str) -> str:
    match said:
        case "may_all":
            return _("We may do all that the desk needs.")
        case "may_not":
            return _("The PBX forbids “%(user)s” what needs these write classes: %(classes)s.")
        case "needs_class":
            return _("Not checked: the write class %(of)s is missing.")
        case "no_files":
            return _("Not checked: the dialplan of this version is not in %(folder)s.")
        case "contexts":
            return _("All %(number)s contexts are those of this version.")
        case "contexts_missing":
            return _("The PBX does not know these contexts: %(contexts)s. They are in: %(files)s.")
        case "contexts_differ":
            return _(
                "These contexts are not those of this version: %(contexts)s. Copy these files from "
                "deploy/asterisk/dialplan: %(files)s."
            )
        case "globals":
            return _("City number %(city)s, trunk %(trunk)s.")
        case "globals_empty":
            return _("These are empty, and the dialplan needs them: %(names)s.")
        case "no_trunk":
            return _("TRUNK names “%(name)s”, and the PBX has no endpoint of that name: nobody outside can be called.")
        case "queue":
            return _("The queue “%(queue)s” takes members and lets them go.")
        case "queue_seen":
            return _("The queue “%(queue)s” is there.")
        case "no_queue":
            return _("The PBX has no queue “%(queue)s” (PBX_QUEUE). Callers would go to the fallback.")
        case "queue_refuses":
            return _("The queue “%(queue)s” takes no members: nobody on shift would be rung.")
        case "no_lot":
            return _("There is no parking lot “default”: nobody can be parked.")
        case "lot":
            return _("%(number)s places, without an end.")
        case "lot_small":
            return _("The parking lot has the places %(first)s to %(last)s. The dialplan uses 701 to 720.")
        case "lot_ends":
            return _("A parked caller is thrown out after %(seconds)s s. He has to wait without an end.")
        case "codes":
            return _("The codes are those of our configuration: %(codes)s.")
        case "codes_differ":
            return _("Codes differ from our configuration. Telephones without a desk would need: %(codes)s.")
        case _:
            return _sentence_of_telephones(said)


def _sentence_of_telephones(said: str) -> str:
    match said:
        case "phones":
            return _("All %(number)s extensions are set up as they have to be.")
        case "no_extensions":
            return _("No extension is in use here. Add them under Staff, Extensions.")
        case "not_pjsip":
            return _("The device of %(numbers)s is not written as PJSIP/name. Correct it under Staff, Extensions.")
        case "no_endpoint":
            return _("The PBX has no endpoint for %(numbers)s.")
        case "busy_at":
            return _("device_state_busy_at is set for %(numbers)s: a ringing telephone would be shown as busy.")
        case "silence":
            return _(
                "rtp_timeout of %(numbers)s is not between 1 and 30 s: a telephone that died would not be noticed."
            )
        case "no_codec":
            return _("No usable codec is allowed for %(numbers)s.")
        case "other_context":
            return _("%(numbers)s do not dial in the context “staff”.")
        case "no_hint":
            return _("No light (hint) for %(numbers)s: they would never be shown as off.")
        case "browsers":
            return _("The telephones in the browser of all %(number)s extensions are set up as they have to be.")
        case "no_browsers":
            return _("This office has no telephone in the browser (PHONE_URL is empty).")
        case "no_web_endpoint":
            return _("The PBX has no endpoint for the telephone in the browser of %(numbers)s.")
        case "web_media":
            return _("The browser’s endpoint of %(numbers)s has no DTLS or no ICE: no sound would come.")
        case "web_bundle":
            return _(
                "The browser’s endpoint of %(numbers)s bundles its media: a call with a picture would end after 10 s."
            )
        case "web_contact":
            return _("Nothing can be registered at the browser’s endpoint of %(numbers)s.")
        case "web_secret":
            return _("The PBX does not read the browsers’ secrets from AstDB: no browser could register.")
        case _ if said.startswith("wire"):
            return _sentence_of_the_wire(said)
        case "few_registered":
            return _("Fewer than two telephones are registered (now: %(numbers)s). Switch on two of them.")
        case "registered":
            return _("Registered: %(numbers)s. They were not rung; name two to hear them.")
        case "rang":
            return _("%(numbers)s rang, was lifted and heard music.")
        case "talked":
            return _("%(numbers)s rang, were lifted and were connected.")
        case "not_lifted":
            return _("%(number)s was not lifted within 20 s, or cannot be rung.")
        case "not_together":
            return _("%(numbers)s were lifted, and the PBX did not connect them. Look into its log.")
        case _:
            return _sentence_of_the_call(said)


def _sentence_of_the_wire(said: str) -> str:
    match said:
        case "wire":
            return _("A browser reaches the PBX at %(url)s, and it answers.")
        case "wire_unknown":
            return _(
                "Not checked: PHONE_URL is the path %(url)s, and neither CSRF_TRUSTED_ORIGINS nor ALLOWED_HOSTS says "
                "at which address browsers open this desk."
            )
        case "wire_plain":
            return _("%(url)s has no TLS: from a page of https a browser opens no such connection.")
        case "wire_refused":
            return _(
                "Nothing listens at %(host)s:%(port)s, where browsers look for the PBX. Let its HTTP server listen."
            )
        case "wire_silent":
            return _("%(url)s does not answer. See whether a firewall or a proxy lets WebSockets through to the PBX.")
        case "wire_untrusted":
            return _(
                "The certificate of %(url)s is not trusted (%(why)s): browsers refuse it without asking. Install one "
                "that they trust, with its whole chain."
            )
        case "wire_no_tls":
            return _("What listens at %(host)s:%(port)s speaks no TLS. Turn it on, or name the port that has it.")
        case "wire_unreachable":
            return _("%(url)s cannot be reached (%(why)s). See whether PHONE_URL names the right machine.")
        case "wire_not_found":
            return _("The PBX has no WebSocket at %(url)s. The path is /ws, and res_http_websocket must be loaded.")
        case "wire_no_sip":
            return _("The WebSocket at %(url)s takes no SIP: res_pjsip_transport_websocket must be loaded.")
        case "wire_proxy_alone":
            return _("The proxy at %(url)s does not reach the PBX (%(status)s). See which address it has for it.")
        case _:
            return _("%(url)s answers %(status)s and opens no WebSocket. The proxy must pass “Upgrade” on to the PBX.")


def _sentence_of_the_call(said: str) -> str:
    match said:
        case "call":
            return _("A call was placed, heard and ended; the mark of our calls is on its events.")
        case "call_unseen":
            return _("A call was placed, and “%(user)s” heard nothing of it.")
        case "call_stuck":
            return _("The test call did not end by itself. Look into the PBX’s log.")
        case "call_short":
            return _("The test call ended before its time. The context desk-doctor is not that of this version.")
        case "no_mark":
            return _("The mark of our calls does not come with the events of a channel.")
        case "no_call":
            return _("Not checked: the test call did not come about.")
        case "no_sound":
            return _("Not checked: without music the test call has nothing to record.")
        case "hears_all":
            return _("The events of all classes that the desk needs arrive.")
        case "hears_not":
            return _("“%(user)s” hears nothing of these read classes: %(classes)s.")
        case "music":
            return _("Callers on hold hear the class “%(name)s”. Classes that play: %(classes)s.")
        case "no_music":
            return _("There is no music: callers on hold hear silence. The folder must hold sound files.")
        case "classes_empty":
            return _("These classes have no sound files, or are not loaded yet: %(names)s.")
        case "recording":
            return _("A recording was written to %(folder)s, is seen here in %(ours)s, and has sound in it.")
        case "not_written":
            return _(
                "Asterisk could not write a recording to %(folder)s. The folder must be there and belong to its user."
            )
        case "not_seen":
            return _(
                "Asterisk records to %(folder)s, and the file is not seen here in %(ours)s. RECORDINGS_DIR must name "
                "the same folder, or where it is mounted."
            )
        case "not_heard":
            return _("A recording was written to %(folder)s, and there is only silence in it. Look into the PBX’s log.")
        case _:
            raise KeyError(said)
