"""Marina, the manager, keeps zones, stands and addresses; the dispatchers look at them."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dispatch.audit.models import Entry
from dispatch.staff.models import Role
from places import tasks
from places.geo import Point
from places.models import Name, Place, Stand, Street, Upload, UploadState, Zone
from places.selectors import directory, zones
from tests.places.town import place, street

SQUARE = "55.0, 37.0\n55.0, 38.0\n56.0, 38.0\n56.0, 37.0"
ZONE = {"rank": "1", "is_active": "on", "outline": SQUARE}


@pytest.fixture
def marina(as_):
    return as_(Role.MANAGER)


def feature(name: str, west: float) -> dict:
    ring = [[west, 55], [west + 1, 55], [west + 1, 56], [west, 55]]
    return {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def geojson(*features: dict) -> SimpleUploadedFile:
    data = json.dumps({"type": "FeatureCollection", "features": features})
    return SimpleUploadedFile("zones.geojson", data.encode())


@pytest.mark.feature("C9")
def test_a_zone_is_drawn_by_its_corners(marina):
    Stand.objects.create(name="у вокзала", latitude=55.5, longitude=37.5)
    assert marina.post("/places/zones/new/", ZONE | {"name": "Центр"}).status_code == 302
    zone = zones.at(Point(55.5, 37.5))
    assert (zone.name, zone.south, zone.east) == ("Центр", 55.0, 38.0)
    assert Stand.objects.get().zone == zone
    assert Entry.objects.get(verb="zone.added").details["name"] == "Центр"
    page = marina.get(f"/places/zones/{zone.pk}/").content.decode()
    assert "55.0, 37.0" in page
    moved = ZONE | {"name": "Центр", "outline": SQUARE.replace("55.0", "55.6")}
    assert marina.post(f"/places/zones/{zone.pk}/", moved).status_code == 302
    assert Stand.objects.get().zone is None
    assert Entry.objects.get(verb="zone.changed").details["changes"] == {"area": ["…", "…"]}


@pytest.mark.feature("C9")
def test_zones_come_from_a_geojson_file(marina):
    marina.post(
        "/places/zones/new/", {"is_active": "on", "rank": "0", "file": geojson(feature("Север", 37), feature("Юг", 40))}
    )
    assert sorted(Zone.objects.values_list("name", flat=True)) == ["Север", "Юг"]
    marina.post(
        "/places/zones/new/", {"is_active": "on", "rank": "0", "file": geojson(feature("Север", 50), feature("Юг", 40))}
    )
    assert Zone.objects.count() == 2
    assert zones.at(Point(55.1, 50.5)).name == "Север"
    marina.post("/places/zones/new/", {"is_active": "on", "rank": "0", "file": geojson(feature("Запад", 30))})
    assert zones.at(Point(55.1, 30.5)).name == "Запад"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"outline": "55, 37\n56, 38\n56, 37\n55, 38"}, "The outline crosses itself."),
        ({"outline": "55, 37\n95, 38\n56, 37"}, "A latitude is between"),
        ({"outline": "55, 37\n56, 38"}, "at least three corners"),
        ({"outline": "here\nand there"}, "Write one corner a line"),
        ({"outline": ""}, "Write one corner a line"),
        ({"outline": '{"type": "Point", "coordinates": [1, 2]}'}, "This is no area"),
        ({"outline": "{" * 50_000}, "This is no area"),
        ({"outline": "55, 37\n55.00001, 37\n55, 37.00001"}, "too small"),
        ({"name": ""}, "Give the zone a name."),
    ],
)
def test_a_zone_that_cannot_be_is_refused_with_a_sentence(marina, typed, sentence):
    answer = marina.post("/places/zones/new/", ZONE | {"name": "Центр"} | typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Zone.objects.exists()


def test_several_areas_without_names_are_refused(marina):
    answer = marina.post("/places/zones/new/", {"rank": "0", "file": geojson(feature("", 37), feature("", 40))})
    assert answer.status_code == 422
    assert "each needs a name" in answer.content.decode()


def test_a_stand_belongs_to_the_zone_around_it(marina):
    marina.post("/places/zones/new/", ZONE | {"name": "Центр"})
    stand = {"name": "у вокзала", "latitude": "55.5", "longitude": "37.5", "radius_m": "150", "is_active": "on"}
    assert marina.post("/places/stands/new/", stand).status_code == 302
    assert Stand.objects.get().zone.name == "Центр"
    assert marina.post("/places/stands/new/", stand | {"name": "x", "latitude": "91"}).status_code == 422


def test_the_map_shows_zones_stands_and_streets_in_a_fixed_number_of_queries(as_, django_assert_max_num_queries):
    for number in range(30):
        street(f"улица {number}", at=(55 + number / 100, 37))
    marina = as_(Role.DISPATCHER)
    area = {"type": "Polygon", "coordinates": [[[37, 55], [38, 55], [38, 56], [37, 55]]]}
    for number in range(5):
        zone = Zone.objects.create(name=f"Зона {number}", area=area, south=55, north=56, west=37, east=38)
        Stand.objects.create(name=f"Стоянка {number}", latitude=55.5, longitude=37.5, zone=zone)
    with django_assert_max_num_queries(9):
        page = marina.get("/places/").content.decode()
    assert "Зона 4" in page
    assert "Стоянка 4" in page
    assert "New zone" not in page  # a dispatcher looks


def test_a_wrong_name_is_corrected_and_another_one_added(marina):
    made = street("улица Лнина", "5")
    assert marina.post(f"/places/directory/streets/{made.pk}/names/", {"text": "Ленинка"}).status_code == 302
    assert directory.search("ленинка 5")[0].label == "улица Лнина, 5"
    card = {"name": "улица Ленина", "locality": "", "latitude": "55.75", "longitude": "37.61"}
    assert marina.post(f"/places/directory/streets/{made.pk}/", card).status_code == 302
    assert directory.resolve("ул. Ленина, 5").label == "улица Ленина, 5"
    assert set(made.names.values_list("text", "is_main")) == {("улица Ленина", True), ("Ленинка", False)}
    answer = marina.post(f"/places/directory/streets/{made.pk}/names/", {"text": "Ленинка"})
    assert answer.status_code == 422
    alias = Name.objects.get(text="Ленинка")
    marina.post(f"/places/directory/names/{alias.pk}/remove/")
    assert not Name.objects.filter(text="Ленинка").exists()
    main = Name.objects.get()
    marina.post(f"/places/directory/names/{main.pk}/remove/")
    assert Name.objects.get() == main
    street("улица Мира")
    assert marina.post(f"/places/directory/streets/{made.pk}/", card | {"name": "улица Мира"}).status_code == 422
    assert Street.objects.get(pk=made.pk).name == "улица Ленина"


def test_one_house_is_added_corrected_and_closed(marina):
    lenina = street("улица Ленина", "5")
    card = {"number": " 7 корп. 2 ", "latitude": "55.76", "longitude": "37.62"}
    assert marina.post(f"/places/directory/streets/{lenina.pk}/houses/new/", card).status_code == 302
    house = lenina.houses.get(search="7k2")
    assert directory.resolve("ленина 7к2").point == house.point
    page = marina.get("/places/directory/?q=lenina+7k2").content.decode()
    assert f"/places/directory/houses/{house.pk}/" in page
    twice = marina.post(f"/places/directory/streets/{lenina.pk}/houses/new/", card | {"number": "7К2"})
    assert (twice.status_code, lenina.houses.count()) == (422, 2)
    assert "a house of this number" in twice.content.decode()
    assert marina.post(f"/places/directory/houses/{house.pk}/", card | {"number": "–"}).status_code == 422
    moved = card | {"number": "9", "longitude": "37.63", "is_closed": "on"}
    assert marina.post(f"/places/directory/houses/{house.pk}/", moved).status_code == 302
    assert directory.resolve("ленина 9") is None
    assert "this house is not in the directory" in directory.search("ленина 9")[0].detail
    assert "closed" in marina.get(f"/places/directory/streets/{lenina.pk}/").content.decode()
    assert Entry.objects.get(verb="house.changed").details["changes"] == {
        "number": ["7 корп. 2", "9"],
        "spot": ["55.760000, 37.620000", "55.760000, 37.630000"],
        "is_closed": ["", "yes"],
    }
    assert Entry.objects.get(verb="house.added").details["name"] == "улица Ленина, 7 корп. 2"


def test_a_place_that_has_closed_is_found_no_more_until_it_opens_again(marina):
    cafe = place("Кафе Уют", "food")
    card = {"name": "Кафе Уют", "kind": "food", "address": "", "locality": "", "latitude": "55.7", "longitude": "37.6"}
    marina.post(f"/places/directory/places/{cafe.pk}/", card | {"is_closed": "on"})
    assert directory.search("кафе уют") == []
    assert directory.resolve("Кафе Уют") is None
    marina.post(f"/places/directory/places/{cafe.pk}/", card)
    assert directory.resolve("Кафе Уют")


def test_a_new_place_is_found_at_once(marina):
    card = {
        "name": "Ресторан «Уют»",
        "kind": "food",
        "address": "",
        "locality": "",
        "latitude": "55.7",
        "longitude": "37.6",
    }
    assert marina.post("/places/directory/places/new/", card).status_code == 302
    page = marina.get("/places/directory/?q=restoran+uyut").content.decode()
    assert "Ресторан «Уют»" in page
    assert f"/places/directory/places/{Place.objects.get().pk}/" in page
    assert marina.post("/places/directory/places/new/", card).status_code == 422


def test_the_directory_is_looked_up_by_dispatchers_too(as_):
    street("улица Ленина", "5")
    place("вокзал", "station")
    vera = as_(Role.DISPATCHER)
    page = vera.get("/places/directory/?q=lenina+5", headers={"HX-Request": "true"}).content.decode()
    assert "улица Ленина, 5" in page
    assert "href" not in page
    assert "streets 1, houses 1, places 1" in vera.get("/places/directory/").content.decode()


@pytest.fixture
def worker(monkeypatch):
    """What is given to the worker is done when the test says so."""
    given = []
    for task in (tasks.read_upload, tasks.take_upload):
        monkeypatch.setattr(task, "delay", lambda pk, task=task: given.append((task, pk)))

    def work() -> None:
        while given:
            task, pk = given.pop(0)
            task(pk)

    return work


@pytest.mark.feature("C5")
def test_a_file_is_looked_at_before_it_is_taken(marina, worker):
    table = "street,house,latitude,longitude\nулица Мира,1,55.1,37.1\nулица Мира,2,north,37.1\n"
    answer = marina.post("/places/imports/", {"file": SimpleUploadedFile("town.csv", table.encode()), "town": ""})
    address = answer["Location"]
    assert 'hx-trigger="every 1s"' in marina.get(address).content.decode()
    worker()
    page = marina.get(address).content.decode()
    assert "1 line cannot be taken" in page
    assert "line 3: Latitude and longitude are numbers in degrees. (north 37.1)" in page
    assert "every 1s" not in page
    assert not Street.objects.exists()
    marina.post(f"{address}take/")
    marina.post(f"{address}take/")  # a second click is one too many
    worker()
    assert directory.resolve("улица Мира, 1")
    upload = Upload.objects.get()
    assert (upload.state, bytes(upload.data), upload.counts["added"]) == ("taken", b"", {"house": 1, "street": 1})
    assert Entry.objects.get(verb="directory.imported").actor.username == "manager"


def test_a_file_that_makes_the_reader_fall_says_so(marina, worker, monkeypatch):
    answer = marina.post("/places/imports/", {"file": SimpleUploadedFile("town.csv", b"street,latitude,longitude\n")})
    monkeypatch.setattr("places.readers.read", lambda *_, **__: 1 / 0)
    worker()
    assert Upload.objects.get().state == UploadState.FAILED
    assert "The import broke off" in marina.get(answer["Location"]).content.decode()


def test_what_is_no_such_file_is_refused_at_once(marina, settings):
    settings.PLACES_UPLOAD_MB = 0
    for name, sentence in (("town.exe", "neither an extract nor a table"), ("town.csv", "larger than 0 MB")):
        answer = marina.post("/places/imports/", {"file": SimpleUploadedFile(name, b"x,y\n")})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not Upload.objects.exists()
