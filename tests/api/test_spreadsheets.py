"""Spreadsheets in and out by another system: shown, checked, taken; and each only with its scope."""

from base64 import b64encode

import pytest
from asgiref.sync import async_to_sync

from dispatch.audit.models import Entry
from orders import tasks
from orders.models import Client, Driver, ImportFile
from tests.orders.conftest import ANNA

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C10", "M14", "X6")]
LIST = "Имя;Телефон;Кличка\r\nМария;8 916 111-22-33;Маша\r\nБорис;12;Боря\r\n"


def upload(text: str, kind: str = "clients") -> dict[str, str]:
    return {"kind": kind, "file_name": "list.csv", "content": b64encode(text.encode()).decode()}


def test_a_list_of_clients_is_shown_checked_and_taken(site, anna):
    site.language = "ru"
    status, shown = site.post("clients/imports/", upload(LIST), key="I-1")
    assert (status, shown["state"], shown["columns"]) == (201, "uploaded", {"name": 0, "numbers": 1})
    assert (shown["heading"][2], shown["rows"][0]) == ("Кличка", ["Мария", "8 916 111-22-33", "Маша"])
    assert [each["name"] for each in shown["may_hold"] if each["is_needed"]] == ["numbers"]
    path = f"clients/imports/{shown['id']}/"
    assert site.post(f"{path}take/")[0] == 409, "not before it was checked"
    status, checking = site.post(f"{path}check/", {"columns": {**shown["columns"], "notes": 2}})
    assert (status, checking["state"]) == (202, "checking")
    tasks.run_import(shown["id"])
    _status, checked = site.get(path)
    assert (checked["state"], checked["added"], checked["faulty"]) == ("checked", 1, 1)
    (fault,) = checked["faults"]
    assert (fault["line"], "12" in fault["detail"]) == (3, True)
    assert Client.objects.count() == 1, "a check changes nothing"
    assert site.post(f"{path}take/", key="I-2")[0] == 202
    assert site.post(f"{path}take/", key="I-2")[0] == 202
    tasks.run_import(shown["id"])
    _status, done = site.get(path)
    assert (done["state"], done["added"], done["rows"]) == ("done", 1, [])
    assert Client.objects.get(name="Мария").notes == "Маша"
    assert not ImportFile.objects.exists()
    assert Entry.objects.get(verb="import.taken").actor == site.person


def test_drivers_come_in_too(site):
    made = site.post("drivers/imports/", upload("Call sign,Surname,First name\r\n42,Sokolov,Ivan\r\n", "drivers"))[1]
    path = f"drivers/imports/{made['id']}/"
    for step in ("check/", "take/"):
        assert site.post(f"{path}{step}")[0] == 202
        tasks.run_import(made["id"])
    assert Driver.objects.get().call_sign == "42"


def test_what_cannot_be_taken_says_why(site, settings):
    for wrong, field in (
        ({**upload(LIST), "content": "кириллица"}, "content"),
        ({**upload(LIST), "kind": "drivers"}, "kind"),
        ({}, "file_name"),
    ):
        status, body = site.post("clients/imports/", wrong)
        assert (status, field in {error["field"] for error in body["errors"]}) == (422, True), body
    assert site.post("clients/imports/", upload("Имя;Телефон\r\n"))[0] == 409, "no line below the heading"
    made = site.post("clients/imports/", upload(LIST))[1]
    path = f"clients/imports/{made['id']}/check/"
    for columns in ({"numbers": 3}, {"wings": 1}):
        assert site.post(path, {"columns": columns})[1]["errors"][0]["field"] == f"columns.{next(iter(columns))}"
    assert site.post(path, {"columns": {"name": 0}})[0] == 409, "without the numbers nobody is known"
    settings.IMPORT_MOST_BYTES = 10
    assert site.post("clients/imports/", upload(LIST))[0] == 422
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    status, body = site.post("clients/imports/", upload(LIST))
    assert (status, body["title"]) == (413, "too_large")


def test_each_system_sees_its_own_and_needs_its_scope(site, system):
    made = site.post("clients/imports/", upload(LIST))[1]
    robot = system("clients:write", name="Robot")
    assert robot.get(f"clients/imports/{made['id']}/")[0] == 404
    assert site.get(f"drivers/imports/{made['id']}/")[0] == 404
    for ask in (robot.post, robot.get):
        assert ask("drivers/imports/" if ask == robot.post else "drivers/imports/1/")[1]["title"] == "no_scope"
    assert robot.get("clients/exports/", kind="clients", form="csv")[0] == 403


def taken(system, path: str, **query: str) -> bytes:
    """A file that streams."""
    from django.test import Client as Browser

    told = {"authorization": f"Bearer {system.text}", "accept-language": "en"}
    answer = Browser().get(f"/api/v1/{path}", query_params=query, headers=told)
    assert answer.status_code == 200, answer.content

    async def whole() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(whole)()


@pytest.mark.django_db(transaction=True)
def test_all_clients_go_out_masked_or_whole_with_a_reason(site, anna):
    masked = taken(site, "clients/exports/", kind="clients", form="csv").decode()
    assert ("Анна Петрова" in masked, "••" in masked) == (True, True)
    status, body = site.get("clients/exports/", kind="clients", form="csv", is_whole="true")
    assert (status, [error["field"] for error in body["errors"]]) == (422, ["reason"])
    whole = taken(site, "clients/exports/", kind="clients", form="csv", is_whole="true", reason="CRM").decode()
    assert ANNA[-2:] in whole
    assert "••" not in whole
    assert taken(site, "drivers/exports/", kind="drivers", form="xlsx").startswith(b"PK")
    assert site.get("clients/exports/", kind="drivers", form="csv")[0] == 422
    told = Entry.objects.filter(verb="export.made").order_by("pk")
    assert [(each.actor, each.details["whole"], each.details["reason"]) for each in told] == [
        (site.person, False, ""), (site.person, True, "CRM"), (site.person, False, ""),
    ]  # fmt: skip
