from django.urls import path

from orders.views import client_addresses, clients, detail, drivers, intake, listing, marks, own

app_name = "orders"
urlpatterns = [
    path("orders/", listing.orders, name="list"),
    path("orders/list/", listing.rows, name="rows"),
    path("orders/intake/", intake.form, name="intake"),
    path("orders/intake/client/", intake.client, name="intake-client"),
    path("orders/drafts/", intake.unfinished_forms, name="drafts"),
    path("orders/drafts/<uuid:pk>/", intake.draft, name="draft"),
    path("orders/<int:pk>/", detail.detail, name="detail"),
    path("orders/<int:pk>/edit/", detail.edit, name="edit"),
    path("orders/<int:pk>/driver/", detail.driver, name="driver"),
    path("orders/<int:pk>/contact/", detail.note_contact, name="contact"),
    path("orders/<int:pk>/number/", detail.reveal, name="reveal"),
    path("orders/<int:pk>/<slug:transition>/", detail.move, name="move"),
    path("clients/", clients.clients, name="clients"),
    path("clients/new/", clients.add, name="client-new"),
    path("clients/<int:pk>/", clients.client, name="client"),
    path("clients/<int:pk>/edit/", clients.edit, name="client-edit"),
    path("clients/<int:pk>/mark/", marks.mark, name="client-mark"),
    path("clients/<int:pk>/proposal/", marks.propose, name="client-propose"),
    path("clients/proposals/<int:pk>/confirm/", marks.confirm, name="proposal-confirm"),
    path("clients/proposals/<int:pk>/reject/", marks.reject, name="proposal-reject"),
    path("clients/<int:pk>/addresses/", client_addresses.add, name="address-new"),
    path("clients/addresses/<int:pk>/", client_addresses.edit, name="address"),
    path("clients/addresses/<int:pk>/remove/", client_addresses.remove, name="address-remove"),
    path("clients/numbers/<int:pk>/", clients.reveal, name="client-reveal"),
    path("drivers/", drivers.drivers, name="drivers"),
    path("drivers/new/", drivers.add, name="driver-new"),
    path("drivers/<int:pk>/", drivers.driver, name="driver-card"),
    path("drivers/<int:pk>/edit/", drivers.edit, name="driver-edit"),
    path("driver/", own.own, name="own"),
    path("driver/<int:pk>/<slug:transition>/", own.move, name="own-move"),
]
