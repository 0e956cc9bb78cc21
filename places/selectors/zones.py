"""Which zone a point lies in."""

from places import geo
from places.geo import Point
from places.models import Zone


def at(point: Point) -> Zone | None:
    """The zone in use around the point; of several the one with the highest rank. One query."""
    zones = Zone.objects.filter(
        is_active=True,
        south__lte=point.latitude,
        north__gte=point.latitude,
        west__lte=point.longitude,
        east__gte=point.longitude,
    ).order_by("-rank", "name")
    return next((zone for zone in zones if geo.contains(zone.area, point)), None)
