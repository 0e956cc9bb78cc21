"""The phone book: who is on shift, live."""

import re

import pytest
from django.template.loader import render_to_string

from dispatch.live import registry
from dispatch.staff.selectors import roster
from dispatch.staff.services.shifts import end_shift, start_shift

VIEWER = registry.Viewer(language="en", audience="dispatcher")


def draw(*people):
    return registry.renderers["person"]([str(person.pk) for person in people], VIEWER)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


@pytest.mark.feature("D2")
def test_vera_appears_when_her_shift_starts_and_is_gone_when_it_ends(vera):
    assert draw(vera) == {str(vera.pk): None}
    shift = start_shift(person=vera, extension="101", actor=vera)
    html = draw(vera)[str(vera.pk)]
    assert words(html) == "Ivanova Vera extension 101"
    assert f'<li id="person-{vera.pk}"' in html
    assert 'data-sort="Ivanova Vera"' in html
    end_shift(shift=shift, actor=vera)
    assert draw(vera) == {str(vera.pk): None}


@pytest.mark.feature("D2")
def test_a_call_sign_is_shown_where_there_is_one(boris):
    boris.call_sign = "Base 2"
    boris.save()
    start_shift(person=boris, extension="102", actor=boris)
    assert words(draw(boris)[str(boris.pk)]) == "Petrov Boris Base 2 extension 102"


def test_the_word_is_in_the_language_of_the_viewer(vera):
    start_shift(person=vera, extension="101", actor=vera)
    drawn = registry.renderers["person"]([str(vera.pk)], registry.Viewer(language="ru", audience="dispatcher"))
    assert "Ivanova Vera" in drawn[str(vera.pk)]


def test_names_are_text_and_never_markup(vera):
    vera.last_name = "<script>alert(1)</script>"
    vera.save()
    start_shift(person=vera, extension="101", actor=vera)
    assert "<script>" not in draw(vera)[str(vera.pk)]


def test_however_many_are_drawn_it_is_two_queries(vera, boris, sofia, django_assert_num_queries):
    for person, extension in ((vera, "101"), (boris, "102")):
        start_shift(person=person, extension=extension, actor=person)
    with django_assert_num_queries(2):
        drawn = draw(vera, boris, sofia)
    assert [drawn[str(p.pk)] is not None for p in (vera, boris, sofia)] == [True, True, False]


def test_the_whole_book_is_the_same_fragments_by_surname(vera, boris, django_assert_num_queries):
    for person, extension in ((boris, "102"), (vera, "101")):
        start_shift(person=person, extension=extension, actor=person)
    with django_assert_num_queries(2):
        book = render_to_string("staff/_phonebook.html", {"roster": roster.on_shift()})
    assert re.findall(r'id="person-(\d+)"', book) == [str(vera.pk), str(boris.pk)]
    assert draw(vera)[str(vera.pk)].strip() in book
