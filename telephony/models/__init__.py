from telephony.models.browser_line import BrowserLine
from telephony.models.call import Call, Leg, Transfer
from telephony.models.call_class import CallClass
from telephony.models.dial_plan import DialPlan
from telephony.models.examination import Examination
from telephony.models.extension import Extension
from telephony.models.hold_music import HoldMusic
from telephony.models.intent import Intent
from telephony.models.lease import Lease
from telephony.models.missed import MissedCaller
from telephony.models.phone_model import PhoneModel
from telephony.models.recording import Recording

__all__ = [
    "BrowserLine",
    "Call",
    "CallClass",
    "DialPlan",
    "Examination",
    "Extension",
    "HoldMusic",
    "Intent",
    "Lease",
    "Leg",
    "MissedCaller",
    "PhoneModel",
    "Recording",
    "Transfer",
]
