from django.urls import path

from places.views import search

app_name = "places"
urlpatterns = [
    path("search/", search.search, name="search"),
]
