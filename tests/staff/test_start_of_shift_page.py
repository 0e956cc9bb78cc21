"""The page on which a shift starts and ends."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.desk.shift import places_for
from dispatch.staff.models import Role, Shift
from dispatch.staff.services.shifts import start_shift
from telephony.models import Call, Leg


def sit(person, extension):
    return start_shift(person=person, extension=extension, actor=person)


def rows(page: str) -> list[tuple[str, str]]:
    """(number, what is said of it) of each extension of the list, in order."""
    found = re.findall(r'<label class="place">(.*?)</label>', page, re.S)
    return [
        (re.search(r'value="(\d+)"', row)[1], " ".join(re.findall(r'class="chip".*?>(.*?)<', row))) for row in found
    ]


@pytest.mark.feature("R2", "C1")
def test_own_extension_first_then_the_others_and_taken_ones_are_marked(enter, vera, boris, telephones):
    sit(boris, "102")
    vera.own_extension = "104"
    vera.save()
    page = enter(vera).get("/shift/").content.decode()
    assert rows(page) == [("104", "yours"), ("101", ""), ("102", "taken by Petrov Boris"), ("103", "")]
    assert re.search(r'value="104" required checked autofocus', page)
    assert re.search(r'value="102" required disabled', page)


@pytest.mark.feature("C1")
def test_where_no_telephone_is_switched_on_it_is_said_before_she_sits_down(enter, vera, telephones):
    telephones[0].is_off = True
    telephones[0].save()
    page = enter(vera).get("/shift/").content.decode()
    said = re.findall(r'<label class="place">(.*?)</label>', page, re.S)
    assert [telephones[0].number in row for row in said if 'data-phone="off"' in row] == [True]


def test_when_her_own_is_taken_the_next_free_one_is_proposed(enter, vera, boris, telephones):
    sit(boris, "101")
    assert re.search(r'value="102" required checked', enter(vera).get("/shift/").content.decode())


def test_an_extension_that_is_switched_off_is_not_offered(enter, vera, telephones):
    telephones[1].is_active = False
    telephones[1].save()
    client = enter(vera)
    assert "101" not in dict(rows(client.get("/shift/").content.decode()))
    refused = client.post("/shift/", {"extension": "101"})
    assert refused.status_code == 422
    assert "Choose an extension from the list." in refused.content.decode()
    assert not Shift.objects.exists()


@pytest.mark.parametrize("number", ["", "999", "101 ", "\x00", "9" * 5000])
def test_a_place_that_is_not_in_the_list_is_refused(enter, vera, telephones, number):
    assert enter(vera).post("/shift/", {"extension": number}).status_code == 422
    assert not Shift.objects.exists()


def test_vera_starts_her_shift(enter, vera, telephones):
    client = enter(vera)
    assert client.post("/shift/", {"extension": "103"})["Location"] == "/"
    assert Shift.objects.get().extension == "103"
    assert "You are on shift at extension 103" in client.get("/shift/").content.decode()


def test_on_an_old_list_she_is_told_who_was_quicker(enter, vera, boris, telephones):
    client = enter(vera)
    client.get("/shift/")
    sit(boris, "101")
    late = client.post("/shift/", {"extension": "101"})
    assert late.status_code == 409
    assert "Extension 101 is taken by Petrov Boris. Choose another one." in late.content.decode()
    assert ("101", "yours taken by Petrov Boris") in rows(late.content.decode())


def test_the_list_costs_four_queries_however_long_it_is(vera, boris, telephones, django_assert_num_queries):
    sit(boris, "102")
    with django_assert_num_queries(4):
        assert len(places_for(vera)) == 4


def test_vera_ends_her_shift(enter, vera, telephones):
    shift = sit(vera, "101")
    client = enter(vera)
    assert client.post("/shift/end/")["Location"] == "/shift/"
    shift.refresh_from_db()
    assert shift.ended_by == vera
    assert client.post("/shift/end/")["Location"] == "/shift/"


def call_of(extension: str, *, answered: bool = True, ended: bool = False) -> Call:
    now = timezone.now()
    call = Call.objects.create(key="1.1", direction="in", state="talking", caller_raw="+74951", started_at=now)
    Leg.objects.create(
        call=call,
        uniqueid="2.2",
        channel=f"PJSIP/{extension}-1",
        party=extension,
        role="called",
        started_at=now,
        answered_at=now if answered else None,
        ended_at=now + timedelta(seconds=1) if ended else None,
    )
    return call


@pytest.mark.feature("C1")
def test_in_the_middle_of_a_call_the_shift_does_not_end(enter, vera, telephones):
    sit(vera, "101")
    call_of("101")
    refused = enter(vera).post("/shift/end/")
    assert refused.status_code == 409
    assert "You are in a call." in refused.content.decode()
    assert Shift.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("state", [{"answered": False}, {"ended": True}])
def test_a_phone_that_only_rings_or_has_rung_off_holds_nobody(enter, vera, telephones, state):
    sit(vera, "101")
    call_of("101", **state)
    enter(vera).post("/shift/end/")
    assert not Shift.objects.filter(ended_at=None).exists()


@pytest.mark.feature("C1")
def test_a_supervisor_ends_anothers_shift_and_its_owner_reads_who_and_why(enter, vera, sofia, telephones):
    shift = sit(vera, "101")
    assert enter(sofia).post(f"/shift/{shift.pk}/end/", {"reason": "  "})["Location"] == "/shifts/"
    shift.refresh_from_db()
    assert shift.ended_at is None  # without a word it does not end
    enter(sofia).post(f"/shift/{shift.pk}/end/", {"reason": "went home ill"})
    shift.refresh_from_db()
    assert shift.ended_by == sofia
    line = Entry.objects.get(verb="shift.ended")
    assert (line.actor, line.details["reason"]) == (sofia, "went home ill")
    page = enter(vera).get("/shift/").content.decode()
    assert re.search(r"Orlova Sofia ended your shift at \d\d:\d\d\. Reason: <bdi>went home ill</bdi>", page)
    sit(vera, "101")
    assert "ended your shift" not in enter(vera).get("/shift/").content.decode()


@pytest.mark.feature("C1")
def test_boris_takes_the_place_of_a_shift_that_was_forgotten(enter, vera, boris, telephones):
    shift = sit(vera, "101")
    refused = enter(boris).post("/shift/take-over/", {"forgotten": "101"})
    assert (refused.status_code, "Ivanova Vera is at extension 101 after all." in refused.content.decode()) == (
        409,
        True,
    )
    Shift.objects.update(seen_at=timezone.now() - timedelta(minutes=25))
    assert "not seen since" in enter(boris).get("/shift/").content.decode()
    assert enter(boris).post("/shift/take-over/", {"forgotten": "101"})["Location"] == "/"
    shift.refresh_from_db()
    assert (shift.ended_by, shift.end_reason) == (boris, "forgotten; the place was taken over")
    assert Shift.objects.get(ended_at=None).person == boris


def test_nobody_takes_the_place_of_one_who_talks_there(enter, vera, boris, telephones):
    sit(vera, "101")
    Shift.objects.update(seen_at=timezone.now() - timedelta(minutes=25))
    call_of("101")
    refused = enter(boris).post("/shift/take-over/", {"forgotten": "101"})
    assert (refused.status_code, "Ivanova Vera is in a call." in refused.content.decode()) == (409, True)
    assert Shift.objects.get(ended_at=None).person == vera


def test_a_dispatcher_does_not_and_the_attempt_is_journalled(enter, vera, boris, telephones):
    shift = sit(vera, "101")
    refused = enter(boris).post(f"/shift/{shift.pk}/end/")
    assert refused.status_code == 403
    assert "Only a supervisor ends another person&#x27;s shift." in refused.content.decode()
    shift.refresh_from_db()
    assert shift.ended_at is None
    line = Entry.objects.get(verb="access.refused")
    assert (line.actor, line.target_id, line.details["path"]) == (boris, str(shift.pk), f"/shift/{shift.pk}/end/")


def test_without_extensions_she_is_told_who_adds_them(enter, vera):
    assert "The administrator adds them" in enter(vera).get("/shift/").content.decode()


def test_for_a_manager_there_is_no_such_page(enter, marina):
    assert enter(marina).get("/shift/").status_code == 404


def test_one_person_two_roles(enter, vera, telephones):
    vera.roles = [Role.MANAGER, Role.DISPATCHER]
    vera.save()
    assert enter(vera).get("/shift/").status_code == 200


@pytest.mark.feature("C1")
def test_who_signs_out_ends_her_shift(enter, vera, telephones):
    shift = sit(vera, "101")
    enter(vera).post("/sign-out/")
    shift.refresh_from_db()
    assert shift.ended_by == vera


def test_in_the_middle_of_a_call_she_does_not_sign_out(enter, vera, telephones):
    sit(vera, "101")
    call_of("101")
    client = enter(vera)
    assert client.post("/sign-out/")["Location"] == "/"
    assert "You are in a call." in client.get("/profile/").content.decode()
    assert Shift.objects.filter(ended_at=None).exists()


def test_a_supervisor_may_end_it_all_the_same(enter, vera, sofia, telephones):
    shift = sit(vera, "101")
    call_of("101")
    enter(sofia).post(f"/shift/{shift.pk}/end/", {"reason": "fire alarm"})
    assert not Shift.objects.filter(ended_at=None).exists()
