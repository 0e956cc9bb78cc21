import pytest

from places import geo
from places.geo import Point
from places.models import Zone
from places.selectors import zones


def zone(name: str, *corners: tuple[float, float], **fields) -> Zone:
    area = geo.closed({"type": "Polygon", "coordinates": [list(corners)]})
    box = geo.box(area)
    return Zone.objects.create(
        name=name, area=area, south=box.south, north=box.north, west=box.west, east=box.east, **fields
    )


@pytest.fixture
def town(db):
    zone("Город", (37, 55), (38, 55), (38, 56), (37, 56))
    zone("Аэропорт", (37.4, 55.4), (37.6, 55.4), (37.5, 55.6), rank=5)
    zone("Бывшая", (37, 55), (38, 55), (38, 56), rank=9, is_active=False)


def name_at(latitude: float, longitude: float) -> str | None:
    found = zones.at(Point(latitude, longitude))
    return found and found.name


def test_the_higher_rank_counts_where_zones_overlap(town, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert name_at(55.45, 37.5) == "Аэропорт"
    assert name_at(55.55, 37.41) == "Город"  # in the box of the airport, but not in its triangle
    assert name_at(54, 37.5) is None
