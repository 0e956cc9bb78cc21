"""What a dispatcher types, and what the directory understands."""

import pytest

from places.geo import Point
from places.selectors import directory
from tests.places.town import place, street


@pytest.fixture
def town(db):
    street("улица Ленина", "5", "5А", "5к2", "50", "7", "12/1", aliases=("Lenin Street",))
    street("Ленинский проспект", "5", "88")
    street("Ленинградское шоссе", "5", "16А стр. 4")
    street("Тверская улица", "12", aliases=("улица Горького",))
    street("1-я Тверская-Ямская улица", "12")
    street("улица 8 Марта", "5", "8")
    street("Новая Басманная улица", "4")
    street("улица Щёлковская", "1")
    street("улица Жёлтая", "3")
    street("улица Жолтовского", "3")
    street("רחוב הרצל", "5", locality="תל אביב")
    street("شارع الملك فيصل", "10")
    street("ulica Żółta", "7a", locality="Łódź")
    street("улица Ленина", "5", locality="Химки", at=(55.89, 37.44))
    place("Киевский вокзал", "station", "Kiyevsky railway station")
    place("городская больница № 1", "hospital", address="Загородное шоссе, 18А")
    place("Школа 57", "school")
    place("Шереметьево, терминал B", "airport", "SVO")


def first(text: str) -> str:
    found = directory.search(text)
    return found[0].label if found else ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ленина 5", "улица Ленина, 5"),
        ("5 Ленина", "улица Ленина, 5"),
        ("ленина5к2", "улица Ленина, 5к2"),
        ("ленина 5 корп 2", "улица Ленина, 5к2"),
        ("ул. Ленина, д. 5а", "улица Ленина, 5А"),
        ("ленина 12/1", "улица Ленина, 12/1"),
        ("lenina 5", "улица Ленина, 5"),
        ("ktybyf 5", "улица Ленина, 5"),
        ("ktybyf 5f", "улица Ленина, 5А"),
        ("дутшт ыекууе 5", "улица Ленина, 5"),  # Lenin Street, on a Russian keyboard
        ("Lenin street 7", "улица Ленина, 7"),
        ("ленна 5", "улица Ленина, 5"),
        ("лениина 5", "улица Ленина, 5"),
        ("ленинский 88", "Ленинский проспект, 88"),
        ("ленинский просп 88", "Ленинский проспект, 88"),
        ("leninsky 88", "Ленинский проспект, 88"),
        ("тврская 12", "Тверская улица, 12"),
        ("nverskaya 12", "Тверская улица, 12"),
        ("tverskaja 12", "Тверская улица, 12"),
        ("горького 12", "Тверская улица, 12"),
        ("1 тверская ямская 12", "1-я Тверская-Ямская улица, 12"),
        ("нов басм 4", "Новая Басманная улица, 4"),
        ("8 марта", "улица 8 Марта"),
        ("8 марта 8", "улица 8 Марта, 8"),
        ("5 8 марта", "улица 8 Марта, 5"),
        ("щелковская 1", "улица Щёлковская, 1"),
        ("shchelkovskaya 1", "улица Щёлковская, 1"),
        ("sholkovskaya 1", "улица Щёлковская, 1"),
        ("желтая 3", "улица Жёлтая, 3"),
        ("zolta 7a", "ulica Żółta, 7a"),
        ("żółta 7", "ulica Żółta, 7a"),
        ("הרצל 5", "רחוב הרצל, 5"),
        ("רח' הרצל 5", "רחוב הרצל, 5"),
        ("vrmk 5", "רחוב הרצל, 5"),  # הרצל, on an English keyboard
        ("الملك فيصل 10", "شارع الملك فيصل, 10"),
        ("hglg; tdwg 10", "شارع الملك فيصل, 10"),  # the same on an English keyboard
        ("химки ленина 5", "улица Ленина, 5"),
        ("киевский вокз", "Киевский вокзал"),
        ("вокзал киевский", "Киевский вокзал"),
        ("kievsky vokzal", "Киевский вокзал"),
        ("rbtdcrbq djrpfk", "Киевский вокзал"),
        ("больница 1", "городская больница № 1"),
        ("школа 57", "Школа 57"),
        ("svo", "Шереметьево, терминал B"),
        ("ленинградское 16а с4", "Ленинградское шоссе, 16А стр. 4"),
    ],
)
def test_what_is_typed_is_understood(town, typed, meant):
    assert first(typed) == meant, [found.label for found in directory.search(typed)]


def test_nonsense_finds_nothing(town):
    for nonsense in ("", " ", "л", "5", "ёклмн", "%_\\'", "а" * 300, "🚕", "\x00"):
        assert directory.search(nonsense) == []


def test_the_town_beside_the_street_decides(town):
    found = directory.search("химки ленина 5")
    assert (found[0].label, found[0].detail) == ("улица Ленина, 5", "Химки")


def test_the_nearer_of_two_equals_comes_first(town):
    here, there = directory.search("ленина 5", near=Point(55.75, 37.61))[:2], Point(55.89, 37.44)
    assert [found.detail for found in here] == ["", "Химки"]
    assert directory.search("ленина 5", near=there)[0].detail == "Химки"


def test_an_alias_says_under_which_name_it_was_found(town):
    assert directory.search("горького 12")[0].detail == "улица Горького"


def test_a_house_that_is_not_known_is_offered_as_its_street(town):
    found = directory.search("тверская 99")[0]
    assert (found.label, found.kind, found.detail) == (
        "Тверская улица, 99",
        "street",
        "this house is not in the directory",
    )


def test_the_number_as_typed_comes_before_longer_ones(town):
    assert [found.label for found in directory.search("ленина 5")][:2] == ["улица Ленина, 5", "улица Ленина, 5"]
    numbers = [found.label for found in directory.search("ленина 5", near=Point(55.75, 37.61))]
    assert {"улица Ленина, 5А", "улица Ленина, 5к2", "улица Ленина, 50"} <= set(numbers)


def test_two_queries_however_much_is_found(town, django_assert_max_num_queries):
    for text in ("ле", "ленин", "ленина 5", "5 ленина", "ktybyf 5", "a 5"):
        with django_assert_max_num_queries(2):
            directory.search(text)
        with django_assert_max_num_queries(2):
            directory.resolve(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Тверская улица, 12", "house"),
        ("тверская 12", "house"),
        ("tverskaya 12", "house"),
        ("Тверская улица", "street"),
        ("Киевский вокзал", "place"),
        ("Химки, улица Ленина, 5", "house"),
        ("Ленинский проспект, 88", "house"),
        ("городская больница № 1", "place"),
        ("Школа 57", "place"),
        ("Тверская улица, 99", None),
        ("Тверской переулок, 12", None),
        ("тврская 12", None),
        ("тверск", None),
        ("Ленина 5", None),  # there are two
        ("Ленинский переулок, 88", None),
        ("у магазина за углом", None),
        ("", None),
    ],
)
def test_an_address_is_known_or_not(town, text, key):
    found = directory.resolve(text)
    assert (found.kind if found else None) == key
