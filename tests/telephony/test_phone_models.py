"""The administrator looks at how the telephones answer, and says what is known better."""

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.staff.models import Person, Role
from telephony.core.hands_free import Way
from telephony.models import Extension, PhoneModel
from telephony.services import phone_models
from tests.telephony import office

pytestmark = [pytest.mark.django_db, pytest.mark.feature("P6")]


@pytest.fixture
def admin(client) -> Person:
    admin = office.person("Ada Root", Role.ADMINISTRATOR)
    client.force_login(admin)
    return admin


@pytest.fixture
def yealink() -> PhoneModel:
    model = PhoneModel.objects.create(name="Yealink SIP-T46U", way="header", streak=3, seen_at=timezone.now())
    for number in ("101", "102"):
        Extension.objects.create(number=number, interface=f"PJSIP/{number}", phone_model=model)
    return model


def test_the_list_says_who_has_which_and_what_it_does(client, admin, yealink, django_assert_max_num_queries):
    for name in ("snomD785", "Cisco/SPA504G"):
        PhoneModel.objects.create(name=name, way="hand", streak=1, seen_at=timezone.now())
    with django_assert_max_num_queries(8):
        page = client.get(reverse("telephony:phone-models")).content.decode()
    assert page.index("Cisco/SPA504G") < page.index("Yealink SIP-T46U") < page.index("snomD785")
    assert ">101</a>" in page
    assert page.count("proven by calls") == 1
    assert page.count("being tried") == 2


def test_what_she_says_counts_until_it_shall_be_learned_anew(client, admin, yealink):
    address = reverse("telephony:phone-model", args=[yealink.pk])
    assert client.post(address, {"way": "shouting"}).status_code == 400
    assert client.post(address, {"way": "hand"})["Location"] == reverse("telephony:phone-models")
    assert phone_models.record("Yealink SIP-T46U").sure is Way.HAND
    client.post(address, {"way": "hand"})
    assert "the administrator" in client.get(reverse("telephony:phone-models")).content.decode()
    client.post(address, {"way": "learn"})
    assert phone_models.record("Yealink SIP-T46U").sure is None
    entries = Entry.objects.filter(verb__startswith="phone_model.").order_by("pk")
    assert [entry.verb for entry in entries] == ["phone_model.fixed", "phone_model.learns"]
    assert phone_models.record("").way is None
