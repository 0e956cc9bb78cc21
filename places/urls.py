from django.urls import path

from places.views import directory, houses, imports, search, zones

app_name = "places"
urlpatterns = [
    path("", zones.zones, name="zones"),
    path("search/", search.search, name="search"),
    path("zones/new/", zones.add, name="zone-new"),
    path("zones/<int:pk>/", zones.zone, name="zone"),
    path("stands/new/", zones.add_stand, name="stand-new"),
    path("stands/<int:pk>/", zones.stand, name="stand"),
    path("directory/", directory.lookup, name="directory"),
    path("directory/streets/new/", directory.add_street, name="street-new"),
    path("directory/streets/<int:pk>/", directory.street, name="street"),
    path("directory/streets/<int:pk>/names/", directory.name_street, name="street-names"),
    path("directory/streets/<int:pk>/houses/new/", houses.add, name="house-new"),
    path("directory/houses/<int:pk>/", houses.house, name="house"),
    path("directory/places/new/", directory.add_place, name="place-new"),
    path("directory/places/<int:pk>/", directory.place, name="place"),
    path("directory/places/<int:pk>/names/", directory.name_place, name="place-names"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.upload, name="import"),
    path("imports/<int:pk>/take/", imports.take, name="import-take"),
    path("directory/names/<int:pk>/remove/", directory.remove_name, name="name-remove"),
]
