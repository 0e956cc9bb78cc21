"""The phone book: who there is, what each telephone does, and for supervisors with whom; live."""

import re

import pytest
from django.template.loader import render_to_string

from dispatch.live import registry
from dispatch.live.models import Change
from dispatch.staff.services.shifts import end_shift, start_shift
from telephony.models import Extension
from telephony.selectors import phonebook
from telephony.services import calls
from tests.telephony import office

pytestmark = pytest.mark.django_db

DESK, ABOVE = (registry.Viewer(language="en", audience=audience) for audience in ("dispatcher", "supervisor"))


def draw(*people, viewer=DESK):
    return registry.renderers["person"]([str(person.pk) for person in people], viewer)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def line(person, viewer=DESK) -> str:
    return words(draw(person, viewer=viewer)[str(person.pk)]).removesuffix(" Listen Whisper Join Take over")


def state(person) -> str:
    return words(re.search(r'<span class="phone-state".*?</span>', draw(person)[str(person.pk)], re.DOTALL).group())


def talking(mine="101", other=office.ANNA, **fields):
    """Anna called, and `mine` has answered."""
    given = {"state": "talking", "ringing": [], "talking_to": [mine], "recognised": "known", **fields}
    call = office.call(other, **given)
    office.leg(call, other, role="caller", outcome="answered")
    office.leg(call, mine, outcome="answered", answered_at=call.started_at)
    return call


def desk_to_desk(caller: str, called: str, **fields):
    """One colleague has called another and talks with him."""
    given = {"direction": "internal", "queue": "", "recognised": "staff", "dialled": called, "talking_to": [called]}
    call = office.call(caller, state="talking", ringing=[], **(given | fields))
    office.leg(call, caller, role="caller", outcome="answered")
    office.leg(call, called, outcome="answered", answered_at=call.started_at)
    return call


@pytest.mark.feature("D2")
def test_vera_is_on_shift_from_its_start_to_its_end():
    vera = office.person("Vera Ivanova", "dispatcher")
    assert "data-absent" in draw(vera)[str(vera.pk)]
    shift = start_shift(person=vera, extension="101", actor=vera)
    html = draw(vera)[str(vera.pk)]
    assert words(html) == "Ivanova Vera extension 101 free at the desk"
    assert f'<li id="person-{vera.pk}"' in html
    assert 'data-sort="Ivanova Vera"' in html
    assert "data-absent" not in html
    end_shift(shift=shift, actor=vera)
    assert "data-absent" in draw(vera)[str(vera.pk)]


@pytest.mark.feature("D2")
def test_a_call_sign_is_shown_where_there_is_one():
    boris = office.boris()
    boris.call_sign = "Base 2"
    boris.save()
    assert line(boris) == "Petrov Boris extension 102 free Base 2"


def test_drivers_machines_and_who_has_left_are_in_no_phone_book():
    driver, machine, gone = office.person("Ivan Sokolov", "driver"), office.sofia(), office.vera()
    machine.is_machine, gone.is_active = True, False
    machine.save()
    gone.save()
    assert draw(driver, machine, gone) == {str(one.pk): None for one in (driver, machine, gone)}


def test_the_word_is_in_the_language_of_the_viewer():
    vera = office.vera()
    html = draw(vera, viewer=registry.Viewer(language="ru", audience="dispatcher"))[str(vera.pk)]
    assert "свободен" in html


def test_names_are_text_and_never_markup():
    vera = office.vera()
    vera.last_name = "<script>alert(1)</script>"
    vera.save()
    assert "<script>" not in draw(vera)[str(vera.pk)]


@pytest.mark.feature("P7")
def test_off_free_ringing_and_talking_each_by_word_and_icon():
    vera = office.vera()
    Extension.objects.update(is_off=True)
    assert (state(vera), "#off" in draw(vera)[str(vera.pk)]) == ("off", True)
    Extension.objects.update(is_off=False)
    assert state(vera) == "free"
    call = office.call(ringing=["101"])
    office.leg(call, "101")
    assert (state(vera), "#ringing" in draw(vera)[str(vera.pk)]) == ("rings", True)
    talking()
    assert state(vera) == "talking"


@pytest.mark.feature("P7")
def test_who_waits_for_an_answer_is_at_the_telephone():
    vera, boris = office.vera(), office.boris()
    call = office.call("101", direction="internal", queue="", dialled="102", ringing=["102"])
    office.leg(call, "101", role="caller")
    office.leg(call, "102")
    assert [state(one) for one in (vera, boris)] == ["talking", "rings"]


@pytest.mark.feature("P7")
def test_whose_own_telephone_is_on_can_be_called_when_off_shift():
    marina = office.marina()
    assert line(marina) == "Kotova Marina off"
    marina.own_extension = "104"
    marina.save()
    Extension.objects.create(number="104", interface="PJSIP/104")
    assert line(marina) == "Kotova Marina extension 104 free"
    boris = office.boris("104")
    assert line(marina) == "Kotova Marina off"
    assert line(boris) == "Petrov Boris extension 104 free"


@pytest.mark.feature("P17")
def test_a_supervisor_reads_with_whom_and_nobody_else_does():
    vera, client = office.vera(), office.client()
    talking(client=client)
    assert line(vera, ABOVE) == "Ivanova Vera extension 101 talking ↔ talks with Anna Sidorova"
    assert "Sidorova" not in draw(vera)[str(vera.pk)]
    assert "talks with" not in line(vera)


@pytest.mark.feature("P17")
def test_a_stranger_is_his_number_and_a_driver_his_call_sign():
    vera, boris = office.vera(), office.boris()
    talking(other=office.STRANGER, recognised="new")
    driver = office.driver()
    talking("102", other=office.MOBILE, recognised="driver", driver=driver)
    assert line(vera, ABOVE).endswith("talks with 8 (926) 999-88-77")
    assert line(boris, ABOVE).endswith("talks with Driver 17")


@pytest.mark.feature("P17")
def test_it_follows_a_transfer():
    vera, boris = office.vera(), office.boris()
    call = talking(client=office.client())
    held = {"phase": "hold", "by": "101", "to": "", "since": None, "second": {"party": "102", "state": "talking"}}
    call.handling = held
    call.save()
    office.leg(call, "102", outcome="answered", answered_at=call.started_at)
    assert line(vera, ABOVE).endswith("talks with Petrov Boris")
    assert line(boris, ABOVE).endswith("talks with Ivanova Vera")
    call.legs.filter(party="101").update(ended_at=call.started_at)
    call.handling, call.talking_to = {}, ["102"]
    call.save()
    assert line(vera, ABOVE) == "Ivanova Vera extension 101 free"
    assert line(boris, ABOVE).endswith("talks with Anna Sidorova")


@pytest.mark.feature("P17")
def test_a_stranger_gets_his_name_with_the_order_that_is_taken_from_him():
    vera = office.vera()
    call = talking(other=office.STRANGER, recognised="new")
    order = office.order(office.client("Oleg Novikov", office.STRANGER))
    Change.objects.all().delete()
    calls.tie_to_order(order=order, source=f"call:{call.pk}")
    assert Change.objects.filter(kind="person", key=vera.pk).exists()
    assert line(vera, ABOVE).endswith("talks with Oleg Novikov")


@pytest.mark.feature("P17")
def test_two_colleagues_talk_with_each_other():
    vera, boris = office.vera(), office.boris()
    desk_to_desk("101", "102")
    assert line(vera, ABOVE).endswith("talks with Petrov Boris")
    assert line(boris, ABOVE).endswith("talks with Ivanova Vera")


def test_however_many_are_drawn_it_is_the_same_queries(django_assert_num_queries):
    people = [office.vera(), office.boris(), office.sofia("103"), office.marina()]
    talking(client=office.client())
    with django_assert_num_queries(6):
        drawn = draw(*people)
    assert None not in drawn.values()
    talking("102", other=office.STRANGER, recognised="new")
    desk_to_desk("103", "104")
    with django_assert_num_queries(10):
        draw(*people, viewer=ABOVE)


def test_a_batch_is_read_once_for_all_viewers(django_assert_num_queries):
    vera = office.vera()
    with registry.one_reading({}), django_assert_num_queries(6):
        for language in ("en", "ru", "ar"):
            draw(vera, viewer=registry.Viewer(language=language, audience="dispatcher"))
        draw(vera, viewer=ABOVE)


def test_the_whole_book_is_the_same_fragments_by_surname(django_assert_num_queries):
    boris, vera = office.boris(), office.vera()
    with django_assert_num_queries(6):
        book = render_to_string("telephony/_phonebook.html", {"people": phonebook.everyone(DESK)})
    assert re.findall(r'id="person-(\d+)"', book) == [str(vera.pk), str(boris.pk)]
    assert draw(vera)[str(vera.pk)].strip() in book
