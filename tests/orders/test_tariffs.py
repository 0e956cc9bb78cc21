"""Marina, the manager, makes prices; what was said once stays said."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.staff.refusal import Refused
from orders.models import Fleet, Order, Tariff, TariffVersion
from orders.pricing import Rates
from orders.services import tariffs

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C9")]
NOW = timezone.now()
WEEK = timedelta(days=7)
OLD, NEW = Rates("RUB", minimum=D(200)), Rates("RUB", minimum=D(250))


@pytest.fixture
def town(db) -> Fleet:
    return Fleet.objects.create(name="Town", is_default=True)


@pytest.fixture
def economy(town) -> Tariff:
    return Tariff.objects.create(fleet=town, name="Economy", service_class="economy")


def spans(tariff: Tariff) -> list[tuple]:
    return list(tariff.versions.order_by("valid_from").values_list("rates__minimum", "valid_from", "valid_to"))


def test_a_new_price_begins_where_the_old_one_ends(economy, marina):
    tariffs.add_version(tariff_id=economy.pk, rates=OLD, valid_from=None, actor=marina, now=NOW)
    tariffs.add_version(tariff_id=economy.pk, rates=NEW, valid_from=NOW + WEEK, actor=marina, now=NOW)
    assert spans(economy) == [("200", NOW, NOW + WEEK), ("250", NOW + WEEK, None)]
    assert economy.versions.at(NOW + WEEK - timedelta(seconds=1)).get().read_rates() == OLD
    assert economy.versions.at(NOW + WEEK).get().read_rates() == NEW
    assert Entry.objects.filter(verb="tariff.priced", actor=marina).count() == 2


def test_a_price_for_a_festival_is_put_between_two(economy, marina):
    tariffs.add_version(tariff_id=economy.pk, rates=OLD, valid_from=None, actor=marina, now=NOW)
    tariffs.add_version(tariff_id=economy.pk, rates=OLD, valid_from=NOW + 2 * WEEK, actor=marina, now=NOW)
    tariffs.add_version(tariff_id=economy.pk, rates=NEW, valid_from=NOW + WEEK, actor=marina, now=NOW)
    assert [span[1:] for span in spans(economy)] == [
        (NOW, NOW + WEEK),
        (NOW + WEEK, NOW + 2 * WEEK),
        (NOW + 2 * WEEK, None),
    ]


def test_the_past_is_not_priced_anew(economy, marina):
    with pytest.raises(Refused, match="past"):
        tariffs.add_version(
            tariff_id=economy.pk, rates=OLD, valid_from=NOW - timedelta(minutes=1), actor=marina, now=NOW
        )


def test_two_versions_from_the_same_moment_are_refused(economy, marina):
    tariffs.add_version(tariff_id=economy.pk, rates=OLD, valid_from=NOW + WEEK, actor=marina, now=NOW)
    with pytest.raises(Refused, match="very moment"):
        tariffs.add_version(tariff_id=economy.pk, rates=NEW, valid_from=NOW + WEEK, actor=marina, now=NOW)


def test_the_database_refuses_versions_that_overlap(economy, town):
    TariffVersion.objects.create(tariff=economy, valid_from=NOW, currency="RUB", rates={})
    with pytest.raises(IntegrityError, match="one_version_at_a_time"), transaction.atomic():
        TariffVersion.objects.create(tariff=economy, valid_from=NOW + WEEK, currency="RUB", rates={})
    other = Tariff.objects.create(fleet=town, name="Business", service_class="business")
    TariffVersion.objects.create(tariff=other, valid_from=NOW, currency="RUB", rates={})


@pytest.mark.parametrize("change", [{"rates": {"minimum": "1"}}, {"currency": "EUR"}, {"valid_from": NOW - WEEK}])
def test_the_database_refuses_to_edit_a_version(economy, marina, change):
    version = tariffs.add_version(tariff_id=economy.pk, rates=OLD, valid_from=None, actor=marina, now=NOW)
    with pytest.raises(IntegrityError, match="make a new one"), transaction.atomic():
        TariffVersion.objects.filter(pk=version.pk).update(**change)
    assert TariffVersion.objects.filter(pk=version.pk).update(valid_to=NOW + WEEK) == 1


def test_a_version_that_has_not_begun_is_withdrawn_and_the_one_before_goes_on(economy, marina):
    tariffs.add_version(tariff_id=economy.pk, rates=OLD, valid_from=None, actor=marina, now=NOW)
    planned = tariffs.add_version(tariff_id=economy.pk, rates=NEW, valid_from=NOW + WEEK, actor=marina, now=NOW)
    tariffs.withdraw_version(version_id=planned.pk, actor=marina, now=NOW)
    assert spans(economy) == [("200", NOW, None)]


def test_what_has_begun_or_was_used_is_not_withdrawn(economy, marina, order):
    begun = tariffs.add_version(tariff_id=economy.pk, rates=OLD, valid_from=None, actor=marina, now=NOW)
    with pytest.raises(Refused, match="has begun"):
        tariffs.withdraw_version(version_id=begun.pk, actor=marina, now=NOW)
    planned = tariffs.add_version(tariff_id=economy.pk, rates=NEW, valid_from=NOW + WEEK, actor=marina, now=NOW)
    Order.objects.filter(pk=order.pk).update(tariff_version=planned)
    with pytest.raises(Refused, match="priced with this version"):
        tariffs.withdraw_version(version_id=planned.pk, actor=marina, now=NOW)


def test_one_tariff_in_use_for_a_class_of_a_fleet(economy, town, marina):
    with pytest.raises(Refused, match="for this class"):
        tariffs.save(tariff=Tariff(fleet=town, name="Cheap", service_class="economy"), actor=marina)
    with pytest.raises(Refused, match="this name"):
        tariffs.save(tariff=Tariff(fleet=town, name="Economy", service_class="business"), actor=marina)
    tariffs.save(tariff=Tariff(fleet=town, name="Cheap", service_class="economy", is_active=False), actor=marina)
    assert Entry.objects.filter(verb="tariff.added").count() == 1
