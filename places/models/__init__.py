from places.models.zone import Stand, Zone

__all__ = ["Stand", "Zone"]
