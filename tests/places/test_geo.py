"""Areas as people draw them, and points in and beside them."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places import geo
from places.geo import Point

KREMLIN, AIRPORT = Point(55.7520, 37.6175), Point(55.9726, 37.4146)


def square(west=37.0, south=55.0, side=1.0):
    return [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def test_the_airport_is_27_kilometres_away():
    assert geo.distance_m(KREMLIN, AIRPORT) == pytest.approx(27_600, rel=0.02)
    assert geo.distance_m(KREMLIN, KREMLIN) == 0


@given(*[st.floats(-90, 90), st.floats(-180, 180)] * 2)
def test_no_way_is_longer_than_half_around_the_earth(lat1, lon1, lat2, lon2):
    here, there = Point(lat1, lon1), Point(lat2, lon2)
    assert 0 <= geo.distance_m(here, there) <= 20_015_200
    assert geo.distance_m(here, there) == pytest.approx(geo.distance_m(there, here), abs=1e-6)


def test_a_hole_does_not_belong_to_the_zone():
    area = polygon(square(), square(37.4, 55.4, 0.2))
    assert geo.contains(area, Point(55.1, 37.1))
    assert not geo.contains(area, Point(55.5, 37.5))
    assert not geo.contains(area, Point(54.9, 37.5))


def test_both_parts_of_a_zone_count():
    area = {"type": "MultiPolygon", "coordinates": [[square()], [square(40.0, 50.0)]]}
    assert geo.contains(area, Point(55.5, 37.5))
    assert geo.contains(area, Point(50.5, 40.5))
    assert not geo.contains(area, Point(52, 39))
    assert geo.box(area) == geo.Box(south=50.0, north=56.0, west=37.0, east=41.0)


@given(st.floats(54.5, 56.5), st.floats(36.5, 38.5))
def test_what_is_inside_is_inside_the_box(latitude, longitude):
    area = polygon([[37, 55], [38, 55.2], [37.4, 55.4], [37.9, 56], [37, 55.9], [37, 55]])
    if geo.contains(area, Point(latitude, longitude)):
        box = geo.box(area)
        assert box.south <= latitude <= box.north
        assert box.west <= longitude <= box.east


@pytest.mark.parametrize(
    ("area", "fault"),
    [
        (polygon(square()), ""),
        (polygon(square()[:-1]), ""),  # not closed: closed when it is kept
        (polygon(square(), square(37.4, 55.4, 0.2)), ""),
        (polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "crosses_itself"),
        (polygon([[0, 0], [2, 0], [2, 2], [1, 0], [0, 2], [0, 0]]), "crosses_itself"),  # touches its own edge
        (polygon([[0, 0], [2, 0], [1, 0], [1, 1], [0, 0]]), "crosses_itself"),  # runs back on itself
        (polygon([[0, 0], [1, 0], [0, 0]]), "too_few_corners"),
        (polygon(square(side=0.00005)), "too_small"),
        (polygon(square(179.5)), "off_the_earth"),
        (polygon(square(0, 89.5)), "off_the_earth"),
        (polygon([[0, 0], [1, nan], [1, 1]]), "off_the_earth"),
        (polygon([[float(n), float(n % 7)] for n in range(5001)]), "too_many_corners"),
        ({"type": "Point", "coordinates": [1, 2]}, "no_area"),
        ({"type": "Polygon", "coordinates": "here"}, "no_area"),
        ({"type": "Polygon", "coordinates": []}, "no_area"),
        ({"type": "Polygon", "coordinates": [[]]}, "too_few_corners"),
        ({"type": "MultiPolygon", "coordinates": []}, "no_area"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "no_area"),
        ([], "no_area"),
        (None, "no_area"),
        (polygon([[0], [1, 2], [3, 4]]), "no_area"),
    ],
)
def test_a_drawing_that_cannot_be_a_zone_is_refused(area, fault):
    assert geo.fault(area) == fault


def test_a_zone_is_kept_closed():
    assert geo.closed(polygon(square()[:-1])) == polygon(square())
    several = {"type": "MultiPolygon", "coordinates": [[square()[:-1]]]}
    assert geo.closed(several)["coordinates"] == [[square()]]


def test_a_round_zone_of_many_corners_is_checked_quickly():
    from math import cos, sin

    ring = [[37 + cos(n / 700) / 10, 55 + sin(n / 700) / 10] for n in range(4398)]
    assert geo.fault(polygon(ring)) == ""
