from places.models.directory import House, Name, Place, PlaceKind, Street
from places.models.upload import Upload, UploadState
from places.models.zone import Stand, Zone

__all__ = ["House", "Name", "Place", "PlaceKind", "Stand", "Street", "Upload", "UploadState", "Zone"]
