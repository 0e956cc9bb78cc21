"""Below /api/v1/."""

from django.urls import path

from dispatch.api.endpoints import clients, garage, order_acts, orders, prices, quotes, recurring, reports, schema

app_name = "api"
urlpatterns = [
    path("orders/", orders.Orders.as_view(), name="orders"),
    path("orders/counts/", orders.Counts.as_view(), name="counts"),
    path("orders/<int:pk>/", orders.OneOrder.as_view(), name="order"),
    path("orders/<int:pk>/candidates/", orders.Candidates.as_view(), name="candidates"),
    path("orders/<int:pk>/driver/", order_acts.NameDriver.as_view(), name="driver-of"),
    path("orders/<int:pk>/offers/", order_acts.SendOffer.as_view(), name="offers"),
    path("orders/<int:pk>/search/", order_acts.SearchAgain.as_view(), name="search"),
    path("orders/<int:pk>/contact/", order_acts.Contact.as_view(), name="contact"),
    path("orders/<int:pk>/marks/", order_acts.Mark.as_view(), name="marks"),
    path("orders/<int:pk>/reservation/", order_acts.Reserve.as_view(), name="reservation"),
    path("orders/<int:pk>/reservation/confirm/", order_acts.ConfirmReservation.as_view(), name="reservation-confirm"),
    path("orders/<int:pk>/reservation/free/", order_acts.FreeReservation.as_view(), name="reservation-free"),
    path("orders/<int:pk>/recurring/", recurring.MakeRecurring.as_view(), name="make-recurring"),
    path("orders/<int:pk>/<slug:transition>/", order_acts.Move.as_view(), name="move"),
    path("recurring/", recurring.Recurring.as_view(), name="recurring"),
    path("recurring/<int:pk>/", recurring.OneRecurrence.as_view(), name="recurrence"),
    path("recurring/<int:pk>/<slug:act>/", recurring.ChangeRecurrence.as_view(), name="recurrence-change"),
    path("quotes/", quotes.Quotes.as_view(), name="quotes"),
    path("quotes/kept/", quotes.KeptQuotes.as_view(), name="kept-quotes"),
    path("clients/", clients.Clients.as_view(), name="clients"),
    path("clients/<int:pk>/", clients.OneClient.as_view(), name="client"),
    path("clients/<int:pk>/mark/", clients.MarkClient.as_view(), name="client-mark"),
    path("clients/<int:pk>/addresses/", clients.Addresses.as_view(), name="addresses"),
    path("clients/<int:pk>/addresses/<int:key>/", clients.OneAddress.as_view(), name="address"),
    path("companies/", clients.Companies.as_view(), name="companies"),
    path("companies/<int:pk>/", clients.OneCompany.as_view(), name="company"),
    path("drivers/", garage.Drivers.as_view(), name="drivers"),
    path("drivers/<int:pk>/", garage.OneDriver.as_view(), name="driver"),
    path("drivers/<int:pk>/shift/", garage.DriverShift.as_view(), name="driver-shift"),
    path("drivers/<int:pk>/break/", garage.DriverBreak.as_view(), name="driver-break"),
    path("drivers/<int:pk>/position/", garage.DriverPosition.as_view(), name="driver-position"),
    path("vehicles/", garage.Vehicles.as_view(), name="vehicles"),
    path("fleets/", prices.Fleets.as_view(), name="fleets"),
    path("tariffs/", prices.Tariffs.as_view(), name="tariffs"),
    path("zones/", prices.Zones.as_view(), name="zones"),
    path("reports/", reports.Report.as_view(), name="reports"),
    path("schema/", schema.Schema.as_view(), name="schema"),
    path("<path:rest>", schema.Nothing.as_view()),
]
