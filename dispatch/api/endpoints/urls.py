"""Below /api/v1/."""

from django.urls import path

from dispatch.api.endpoints import clients, garage, orders, prices, recurring, reports, schema

app_name = "api"
urlpatterns = [
    path("orders/", orders.Orders.as_view(), name="orders"),
    path("orders/counts/", orders.Counts.as_view(), name="counts"),
    path("orders/<int:pk>/", orders.OneOrder.as_view(), name="order"),
    path("orders/<int:pk>/candidates/", orders.Candidates.as_view(), name="candidates"),
    path("recurring/", recurring.Recurring.as_view(), name="recurring"),
    path("recurring/<int:pk>/", recurring.OneRecurrence.as_view(), name="recurrence"),
    path("clients/", clients.Clients.as_view(), name="clients"),
    path("clients/<int:pk>/", clients.OneClient.as_view(), name="client"),
    path("companies/", clients.Companies.as_view(), name="companies"),
    path("companies/<int:pk>/", clients.OneCompany.as_view(), name="company"),
    path("drivers/", garage.Drivers.as_view(), name="drivers"),
    path("drivers/<int:pk>/", garage.OneDriver.as_view(), name="driver"),
    path("vehicles/", garage.Vehicles.as_view(), name="vehicles"),
    path("fleets/", prices.Fleets.as_view(), name="fleets"),
    path("tariffs/", prices.Tariffs.as_view(), name="tariffs"),
    path("zones/", prices.Zones.as_view(), name="zones"),
    path("reports/", reports.Report.as_view(), name="reports"),
    path("schema/", schema.Schema.as_view(), name="schema"),
    path("<path:rest>", schema.Nothing.as_view()),
]
