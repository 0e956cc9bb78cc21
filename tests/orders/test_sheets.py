"""Spreadsheets: read in any encoding, written so that they are safe to open, taken over line by line."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from dispatch.audit.models import Entry
from dispatch.staff.models import Role
from dispatch.staff.refusal import Refused
from orders import tasks
from orders.models import Client, ClientAddress, ClientMark, ClientPhone, Driver, Fleet, Import, ImportFile, Vehicle
from orders.services import imports
from orders.sheets import columns, files
from orders.sheets.files import Unreadable, csv_lines, read, safe, write_xlsx
from tests.orders.conftest import ANNA, person

pytestmark = pytest.mark.feature("C10")
CLIENTS = "Имя;Телефон;Заметки;Отметка;Причина\r\n"


def xlsx(*rows: list) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


# --- the file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_any_usual_writing(encoding, delimiter):
    text = delimiter.join(["Имя", '"Заметка\nв две строки"', "x"]) + "\r\n" + delimiter.join(["Анна", "", "'=1"])
    rows = list(read(text.encode(encoding), language="ru"))
    assert rows == [["Имя", "Заметка\nв две строки", "x"], ["Анна", "", "=1"]]


def test_an_xlsx_gives_numbers_as_one_writes_them():
    rows = list(
        read(
            xlsx(
                ["Телефон", "День"],
                [79123456789.0, timezone.now().replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)],
                [None, 5.5],
            )
        )
    )
    assert rows[1][0] == "79123456789"
    assert rows[1][1] == timezone.now().date().isoformat()
    assert rows[2] == ["", "5.5"]


def test_what_is_no_spreadsheet_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_UNPACKED", 1000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b"0" * (files.MOST_UNPACKED + 1))
    for content in (b"PK\x03\x04broken", b"a\x00b", b"\xff\xfeA", bomb.getvalue()):
        with pytest.raises(Unreadable):
            list(read(content))


@pytest.mark.parametrize("evil", ["=1+1", "+7912", "-2", "@SUM(A1)", "\tx", "\rx", "＝1"])
def test_no_cell_is_a_formula(evil):
    assert csv_lines([[evil]]).lstrip('"').startswith("'")
    out = io.BytesIO()
    write_xlsx([[evil]], out)
    cell = load_workbook(io.BytesIO(out.getvalue())).active["A1"]
    assert (cell.data_type, cell.value[0]) == ("s", "'")


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=2, max_size=2),
        max_size=5,
    )
)
def test_what_is_written_is_read_again(rows):
    text = csv_lines(rows)
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[safe(cell) for cell in row] for row in rows]
    assert not text or text.endswith("\r\n")


@pytest.mark.parametrize("language", ["en", "ru", "ar", "he", "pl"])
@pytest.mark.parametrize("kind", list(columns.COLUMNS))
def test_our_own_headings_are_known_in_every_language(kind, language):
    with translation.override(language):
        heading = [str(column.label) for column in columns.COLUMNS[kind]]
    with translation.override("en"):
        assert columns.guess(kind, heading) == {column.name: i for i, column in enumerate(columns.COLUMNS[kind])}


# --- taking over ---------------------------------------------------------------------------------------------------


@pytest.fixture
def anton(db):
    return person("anton", Role.MANAGER)


@pytest.fixture(autouse=True)
def handed(monkeypatch) -> list:
    """What was handed to the worker; nobody works here unless the test does."""
    handed: list = []
    monkeypatch.setattr(tasks.run_import, "apply_async", lambda args, **_: handed.append(args[0]))
    return handed


def taken(kind: str, content: str | bytes, actor, *, only_check: bool = False) -> Import:
    data = content.encode() if isinstance(content, str) else content
    job = imports.upload(kind=kind, name="файл.csv", content=data, actor=actor)
    imports.check(import_id=job.pk, chosen=job.columns, actor=actor)
    imports.run(job.pk)
    if not only_check:
        imports.take_over(import_id=job.pk, actor=actor)
        imports.run(job.pk)
    job.refresh_from_db()
    return job


def counts(job: Import) -> tuple[int, int, int, int]:
    return job.added, job.changed, job.same, job.faulty


MIXED = CLIENTS + "\r\n".join(
    [
        "Анна;8 912 345-67-89, 123-45-67;глуховата;;",
        "Никто;12;;;",
        "Олег;89031112233;;VIP;директор",
        "Пусто;;;;",
        ";;;;",
        "Олег снова;+7 903 111 22 33;;;",
        "Чёрный;89035556677;;в чёрном списке;",
        "Чёрный;89035556677;;чёрный список;не платит",
        "Отметка;89030000000;;непонятная;",
    ]
)


@pytest.mark.django_db
def test_good_lines_are_kept_and_the_bad_ones_named_in_the_persons_language(anton):
    with translation.override("ru"):
        job = taken("clients", MIXED, anton)
    assert (job.state, job.total, counts(job)) == ("done", 8, (3, 0, 0, 5))
    said = {fault.line: fault.sentence for fault in job.faults.all()}
    assert set(said) == {3, 5, 7, 8, 10}
    with translation.override("ru"):
        assert said[3] == translation.gettext("“%(number)s” is no telephone number.") % {"number": "12"}
    anna = Client.objects.get(phones__e164=ANNA)
    assert (anna.name, anna.notes, anna.phones.count(), anna.phones.get(is_main=True).e164) == (
        "Анна",
        "глуховата",
        2,
        ANNA,
    )
    black = Client.objects.get(name="Чёрный")
    assert (black.mark_now, black.mark_reason, black.marked_by) == (ClientMark.BLACKLISTED, "не платит", anton)
    assert not ImportFile.objects.exists()
    line = Entry.objects.get(verb="import.taken").details
    assert (line["added"], line["faulty"]) == (3, 5)


@pytest.mark.django_db
def test_a_check_changes_nothing_and_says_what_would(anton):
    job = taken("clients", MIXED, anton, only_check=True)
    assert (job.state, counts(job), Client.objects.count()) == ("checked", (3, 0, 0, 5), 0)


@pytest.mark.django_db
def test_twice_is_once_and_empty_cells_erase_nothing(anton, anna):
    anna.notes = "важное"
    anna.save()
    text = CLIENTS + "Анна Новая;89123456789;;;\r\nОлег;89031112233;;;"
    assert counts(taken("clients", text, anton)) == (1, 1, 0, 0)
    assert counts(taken("clients", text, anton)) == (0, 0, 2, 0)
    anna.refresh_from_db()
    assert (anna.name, anna.notes, Client.objects.count()) == ("Анна Новая", "важное", 2)
    more = taken("clients", CLIENTS + "Анна Новая;89123456789 / 123-45-67;;;", anton)
    assert (counts(more), anna.phones.count()) == ((0, 1, 0, 0), 2)


@pytest.mark.django_db
def test_numbers_of_two_cards_on_one_line_are_left_to_people(anton, anna):
    oleg = Client.objects.create(name="Олег")
    ClientPhone.objects.create(client=oleg, e164="+79031112233", raw="x")
    job = taken("clients", CLIENTS + "Кто;89123456789,89031112233;;;", anton)
    assert (counts(job), job.faults.get().sentence) == (
        (0, 0, 0, 1), "These numbers belong to several cards; merge them first.",
    )  # fmt: skip


@pytest.mark.django_db
def test_addresses_find_their_client_by_number(anton, anna):
    text = (
        "Telephone,Label,Address,Entrance,Flat,Lat,Lon\r\n"
        '8 912 345 67 89,дом,"Ленина, 5",2,17,"55,75",37.6\r\n'
        "89123456789,,x,,,91,0\r\n89123456789,,x,,,55,\r\n89990000000,,x,,,,\r\n89123456789,,,,,,\r\n"
    )
    job = taken("addresses", text, anton)
    assert counts(job) == (1, 0, 0, 4)
    home = ClientAddress.objects.get()
    assert (home.client, home.label, home.address, home.flat, home.latitude) == (anna, "дом", "Ленина, 5", "17", 55.75)
    again = taken("addresses", 'Phone,Address,Comment\r\n89123456789,"ленина, 5",домофон', anton)
    home.refresh_from_db()
    assert (counts(again), home.comment, home.flat) == ((0, 1, 0, 0), "домофон", "17")


@pytest.mark.django_db
def test_drivers_and_cars_are_known_by_call_sign_and_plate(anton, ivan):
    Fleet.objects.create(name="Звезда")
    cars = xlsx(
        ["Госномер", "Марка", "Мест", "Класс", "Опции"],
        ["в 777 ор", "Kia", 6, "минивэн, comfort", "животное"],
        ["в 778 ор", "Kia", 99, "", ""],
        ["в 779 ор", "Kia", 4, "люкс", ""],
    )
    assert counts(taken("vehicles", cars, anton)) == (1, 0, 0, 2)
    van = Vehicle.objects.get(plate="В 777 ОР")
    assert (van.seats, van.classes, van.options) == (6, ["minivan", "comfort"], ["pet"])
    text = (
        "Call sign,Surname,First name,Phone,Plate,Fleet\r\n17,Соколов,Иван,89031112233,,\r\n"
        "21,Кац,Лев,89031112244,в 777 ор,звезда\r\n22,,Лев,,,\r\n23,Кац,Лев,,,Луна\r\n21,Дважды,,,,\r\n"
    )
    assert counts(taken("drivers", text, anton)) == (1, 1, 0, 3)
    lev = Driver.objects.get(call_sign="21")
    assert (lev.vehicle, lev.fleet.name, lev.phones.get().e164) == (van, "Звезда", "+79031112244")
    ivan.refresh_from_db()
    assert (ivan.vehicle.plate, ivan.phones.count()) == ("A117BC", 1)  # an empty cell takes nothing away
    assert counts(taken("drivers", text, anton)) == (0, 0, 2, 3)


@pytest.mark.django_db
def test_a_worker_that_dies_takes_nothing_with_it(anton, monkeypatch):
    text = CLIENTS + "".join(f"К{n};8903{n:07};;;\r\n" for n in range(30)) + "К0 снова;89030000000;;;\r\n"
    monkeypatch.setattr(imports, "PIECE", 10)
    job = imports.upload(kind="clients", name="x.csv", content=text.encode(), actor=anton)
    imports.check(import_id=job.pk, chosen=job.columns, actor=anton)
    imports.run(job.pk)
    imports.take_over(import_id=job.pk, actor=anton)
    real, pieces = imports._try, []

    def die_in_the_second(*args, **kwargs):
        pieces.append(1)
        if len(pieces) == 2:
            real(*args, **kwargs)
            raise SystemExit
        return real(*args, **kwargs)

    monkeypatch.setattr(imports, "_try", die_in_the_second)
    with pytest.raises(SystemExit):
        imports.run(job.pk)
    job.refresh_from_db()
    assert (job.done, Client.objects.count()) == (10, 10)
    assert tasks.go_on_with_imports() == 0  # it may still be alive
    Import.objects.filter(pk=job.pk).update(touched_at=timezone.now() - timedelta(minutes=5))
    assert tasks.go_on_with_imports() == 1
    job.refresh_from_db()
    assert (job.state, counts(job), Client.objects.count()) == ("done", (30, 0, 0, 1), 30)
    imports.run(job.pk)  # a second worker comes late
    assert Client.objects.count() == 30


@pytest.mark.django_db
def test_what_cannot_be_read_or_lacks_a_column_is_refused(anton, settings):
    for content in (b"PK\x03\x04", b"Name;Phone\r\n", b""):
        with pytest.raises(Refused):
            imports.upload(kind="clients", name="x", content=content, actor=anton)
    job = imports.upload(kind="clients", name="x", content=b"a;b\r\n1;2", actor=anton)
    with pytest.raises(Refused, match="Numbers"):
        imports.check(import_id=job.pk, chosen={"name": 0}, actor=anton)
    with pytest.raises(Refused):
        imports.take_over(import_id=job.pk, actor=anton)
    settings.IMPORT_MOST_LINES = 1
    long = taken("clients", CLIENTS + "А;89030000001\r\nБ;89030000002", anton, only_check=True)
    assert (long.state, long.problem) == ("failed", "The file has more than 1 line.")
    Import.objects.update(created_at=timezone.now() - timedelta(days=40))
    assert tasks.forget_old_imports()
    assert not Import.objects.exists()


@pytest.mark.django_db
def test_marina_uploads_maps_checks_and_takes_over(
    marina, vera, signed_in, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(tasks.run_import, "apply_async", lambda args, **_: tasks.run_import(*args))
    browser = signed_in(marina)
    assert signed_in(vera).get(reverse("orders:imports")).status_code == 404
    file = SimpleUploadedFile("база.csv", "Кто;Как звонить\r\nАнна;89123456789\r\nНикто;1".encode())
    answer = browser.post(reverse("orders:imports"), {"kind": "clients", "file": file})
    page, job = answer["Location"], Import.objects.get()
    assert "Как звонить" in browser.get(page).content.decode()
    check = reverse("orders:import-check", args=[job.pk])
    assert browser.post(check, {"name": "0"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(check, {"name": "0", "numbers": "1"}).status_code == 302
    assert "Take over the good lines" in browser.get(page).content.decode()
    assert not Client.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("orders:import-take", args=[job.pk]))
    assert Client.objects.get().name == "Анна"
    assert "is no telephone number" in browser.get(page).content.decode()
    wrong = browser.get(reverse("orders:import-faults", args=[job.pk]))
    assert wrong.content.decode().splitlines()[1].startswith("3,")
    assert browser.post(reverse("orders:import-take", args=[job.pk]), follow=True).status_code == 200
    assert Client.objects.count() == 1


# --- out -----------------------------------------------------------------------------------------------------------


def content_of(response) -> bytes:
    async def collect() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    return async_to_sync(collect)()


@pytest.mark.django_db(transaction=True)
def test_marina_exports_masked_and_whole_with_a_reason(anna, marina, vera, signed_in, monkeypatch):
    monkeypatch.setattr("orders.selectors.exports.BATCH", 2)
    anna.notes = "=1+1"
    anna.save()
    for number in range(5):
        Client.objects.create(name=f"К{number}")
    Client.objects.create(name="Оболочка", merged_into=anna)
    browser, address = signed_in(marina), reverse("orders:exports")
    assert signed_in(vera).get(address).status_code == 404
    text = content_of(browser.post(address, {"kind": "clients", "form": "csv"})).decode()
    assert text.startswith("\ufeffName,Numbers,Notes,Mark,Reason\r\n")
    assert "Анна Петрова" in text
    assert "'=1+1" in text
    assert "67-89" not in text
    assert len(text.splitlines()) == 7
    assert browser.post(address, {"kind": "clients", "form": "csv", "is_whole": "on"}).status_code == 422
    whole = {"kind": "clients", "form": "xlsx", "is_whole": "on", "reason": "рассылка"}
    sheet = load_workbook(io.BytesIO(content_of(browser.post(address, whole)))).active
    assert sheet["B2"].value == "8 (912) 345-67-89"
    said = [line.details for line in Entry.objects.filter(verb="export.made").order_by("pk")]
    assert [(each["whole"], each["reason"]) for each in said] == [(False, ""), (True, "рассылка")]


@pytest.mark.django_db(transaction=True)
def test_an_export_comes_in_again_and_changes_nothing(anna, ivan, marina, signed_in):
    ClientAddress.objects.create(client=anna, label="дом", address="Ленина, 5", latitude=55.75, longitude=37.6)
    for kind in ("clients", "addresses", "drivers", "vehicles"):
        for form in ("csv", "xlsx"):
            sent = {"kind": kind, "form": form, "is_whole": "on", "reason": "x"}
            content = content_of(signed_in(marina).post(reverse("orders:exports"), sent))
            assert counts(taken(kind, content, marina)) == (0, 0, 1, 0), (kind, form)
