"""Marina fills the directory from files, and files have faults."""

import io
from pathlib import Path

import osmium
import pytest
from django.core.management import CommandError, call_command

from dispatch.audit.models import Entry
from places import readers, wording
from places.geo import Point
from places.models import House, Name, Place, Street
from places.records import Fault, HouseRecord, PlaceRecord, StreetRecord
from places.selectors import directory
from places.services import importing

VILLAGE = Path(__file__).with_name("village.osm")
HEAD = "street;house;place;kind;locality;latitude;longitude;aliases\n"


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "places.csv"
    file.write_bytes(text.encode(encoding))
    return file


def take(file: Path, **options) -> importing.Tally:
    return importing.take(readers.read(file, **options), actor=None, source=file.name)


def test_an_extract_becomes_streets_houses_and_places(db):
    tally = take(VILLAGE)
    assert tally.added == {"street": 2, "house": 6, "place": 4}
    assert not tally.faults
    assert directory.search("lenin street 3a")[0].label == "улица Ленина, 3А"
    assert directory.search("церковная 1")[0].label == "улица Ленина, 1"
    assert directory.search("берёзовка ленина 1")[0].detail == "Берёзовка"
    assert directory.search("узловая")[0].label == "Сосново"
    assert directory.search("больница районная")[0].point == directory.resolve("Районная больница").point
    assert Place.objects.get(name="У Зины").address == "улица Ленина, 5"
    assert Place.objects.get(name="Районная больница").kind == "hospital"
    assert not Street.objects.filter(name__in=["тропа", "за краем"]).exists()
    assert set(Street.objects.values_list("locality", flat=True)) == {"", "Берёзовка"}  # Сосново is the office's own


def test_a_building_with_a_yard_is_where_its_outline_is(db):
    take(VILLAGE)
    school, house = directory.resolve("Сосновская школа"), directory.resolve("улица Ленина, 7")
    assert (school.point, house.point) == (Point(55.111, 37.112), Point(55.111, 37.112))
    assert not Place.objects.filter(name="Парк за краем").exists()  # the extract has only a part of its outline


def test_the_form_in_which_extracts_are_offered(db, tmp_path):
    binary = tmp_path / "village.osm.pbf"
    with osmium.SimpleWriter(str(binary)) as writer:
        for thing in osmium.FileProcessor(str(VILLAGE)):
            writer.add(thing)
    assert list(readers.read(binary)) == list(readers.read(VILLAGE))


def test_a_second_import_doubles_nothing(db):
    take(VILLAGE)
    before = [list(model.objects.order_by("pk").values()) for model in (Street, House, Place, Name)]
    tally = take(VILLAGE)
    assert (tally.added, tally.changed) == ({}, {})
    assert before == [list(model.objects.order_by("pk").values()) for model in (Street, House, Place, Name)]


def test_a_file_that_is_no_extract_says_so(db, tmp_path):
    for name, data in (("x.osm", b"<osm"), ("x.osm.pbf", b"no pbf"), ("empty.osm.pbf", b"")):
        file = tmp_path / name
        file.write_bytes(data)
        tally = take(file)
        assert [fault.reason for fault in tally.faults] == ["no_extract"]


def test_good_lines_are_kept_and_bad_ones_named(db, tmp_path):
    file = table(
        tmp_path,
        HEAD
        + "улица Мира;5;;;;55.1;37,5;\n"  # a decimal comma
        + "улица Мира;;;;;55.1;37.5;Мировая|Peace Street\n"
        + ";;Вокзал;station;;55.2;37.6;Станция\n"
        + "улица Мира;7;;;;north;37.5;\n"
        + ";;Киоск;kiosk;;55.2;37.6;\n"
        + ";;;;;55.2;37.6;\n"
        + "улица Мира;9;;;;95;37.5;\n"
        + "\n"
        + "x;"
        + "9" * 30
        + ";;;;55;37.5;\n",
    )
    tally = take(file)
    assert tally.added == {"street": 1, "house": 1, "place": 1}
    assert [(fault.line, fault.reason) for fault in tally.faults] == [
        (5, "no_number"), (6, "no_kind"), (7, "nameless"), (8, "off_the_earth"), (10, "too_long"),
    ]  # fmt: skip
    assert wording.fault(tally.faults[1]) == "line 6: There is no such kind of place. (kiosk)"
    assert directory.search("мировая 5")[0].label == "улица Мира, 5"
    assert Entry.objects.get(verb="directory.imported").details["faults"] == 5


def test_what_moved_is_corrected_and_another_writing_is_the_same_street(db, tmp_path):
    take(table(tmp_path, HEAD + "улица Мира;5;;;;55.1;37.5;\n;;Вокзал;;;55.2;37.6;\n"))
    tally = take(table(tmp_path, HEAD + "ул. Мира;д. 5;;;;55.15;37.5;\n;;Вокзал;station;;55.2;37.6;\n"))
    assert (tally.added, tally.changed) == ({}, {"house": 1, "place": 1})
    assert House.objects.get().latitude == 55.15
    assert Place.objects.get().kind == "station"


def test_an_old_spreadsheet_is_read_too(db, tmp_path):
    take(table(tmp_path, "Place,Latitude,Longitude\nБольница,55.1,37.5\n", "cp1251"))
    assert Place.objects.get().name == "Больница"


def test_a_preview_changes_nothing(db, tmp_path):
    tally = importing.preview(readers.read(VILLAGE))
    assert tally.added == {"street": 2, "house": 6, "place": 4}
    assert not Street.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "street,latitude\nx,1\n", "\x00\x01\x02"])
def test_a_file_that_is_no_such_table_says_what_is_needed(db, tmp_path, text):
    assert [fault.reason for fault in take(table(tmp_path, text)).faults] == ["columns"]


def test_many_records_go_in_batches(db):
    records = [HouseRecord("Длинная улица", str(n), 55 + n / 1e5, 37) for n in range(1, 4501)]
    seen = []
    tally = importing.take(
        [StreetRecord("Длинная улица", 55, 37), *records, PlaceRecord("Парк", 55, 37), Fault(3, "nameless")],
        actor=None, source="x", progress=lambda tally: seen.append(tally.taken),
    )  # fmt: skip
    assert tally.added == {"street": 1, "house": 4500, "place": 1}
    assert len(seen) == 3
    assert seen == sorted(seen)


def test_the_command_says_what_it_did(db, tmp_path):
    said, complained = io.StringIO(), io.StringIO()
    call_command("import_places", VILLAGE, preview=True, stdout=said)
    assert not Street.objects.exists()
    call_command("import_places", VILLAGE, town="Берёзовка", stdout=said)
    assert "new: house 6, place 4, street 2" in said.getvalue()
    assert set(Street.objects.values_list("locality", flat=True)) == {"", "Сосново"}
    with pytest.raises(CommandError):
        call_command("import_places", table(tmp_path, "x,y\n"), stdout=said, stderr=complained)
    assert "first line names the columns" in complained.getvalue()
    with pytest.raises(CommandError):
        call_command("import_places", tmp_path / "not there.csv")
