"""Anton keeps the telephones of the office."""

import pytest

from dispatch.audit.models import Entry
from dispatch.staff.services.shifts import start_shift
from telephony.models import Extension


def fields(**changed) -> dict:
    good = {"number": "105", "interface": "PJSIP/105", "label": "by the window", "owner": "", "is_active": "on"}
    return good | changed


def test_anton_adds_an_extension(enter, anton, vera):
    assert enter(anton).post("/staff/extensions/new/", fields(owner=vera.pk))["Location"] == "/staff/extensions/"
    made = Extension.objects.get()
    assert (made.number, made.interface, made.label, made.owner) == ("105", "PJSIP/105", "by the window", vera)
    line = Entry.objects.get(verb="extension.added")
    assert line.details["changes"]["owner"] == [None, "Ivanova Vera"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "101"}, "already exists"),
        ({"number": "1 05"}, "An extension is digits only"),
        ({"interface": "PJSIP/105\r\nAction: Logoff"}, "Write the device as the PBX does"),
        ({"interface": "105"}, "Write the device as the PBX does"),
    ],
)
def test_bad_input_gets_a_sentence(enter, anton, telephones, wrong, sentence):
    answer = enter(anton).post("/staff/extensions/new/", fields(**wrong))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Extension.objects.count() == len(telephones)


def test_a_change_is_journalled_with_before_and_after(enter, anton, telephones):
    kept = telephones[1]
    answer = enter(anton).post(f"/staff/extensions/{kept.pk}/", fields(number="101", interface="PJSIP/desk1"))
    assert answer["Location"] == "/staff/extensions/"
    line = Entry.objects.get(verb="extension.changed")
    assert line.details["changes"] == {"interface": ["PJSIP/101", "PJSIP/desk1"], "label": ["", "by the window"]}


def test_where_somebody_sits_the_device_stays_but_the_label_may_change(enter, anton, vera, telephones):
    start_shift(person=vera, extension="101", actor=vera)
    client, address = enter(anton), f"/staff/extensions/{telephones[1].pk}/"
    off = fields(number="101", interface="PJSIP/101", label="")
    del off["is_active"]
    refused = client.post(address, off)
    assert refused.status_code == 409
    assert "Ivanova Vera is on shift at extension 101." in refused.content.decode()
    assert client.post(address, fields(number="101", interface="PJSIP/101")).status_code == 302
    telephones[1].refresh_from_db()
    assert (telephones[1].is_active, telephones[1].label) == (True, "by the window")


def test_the_list_costs_the_same_for_many(enter, anton, telephones, django_assert_num_queries):
    client = enter(anton)
    with django_assert_num_queries(4):  # session, reader, stopped webhooks, extensions
        assert client.get("/staff/extensions/").content.decode().count("PJSIP/") == 4
