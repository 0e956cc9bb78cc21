"""Clients: their cards, marks, addresses, and the drivers who are kept from them."""

from dataclasses import fields
from typing import ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door import problems
from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.endpoints import paging
from dispatch.api.scopes import Scope
from dispatch.api.shapes.clients import (
    AddressIn,
    AddressShape,
    BlockIn,
    ClientChange,
    ClientIn,
    ClientMarkIn,
    ClientPage,
    ClientShape,
    LikelyPage,
    LikelyShape,
    MergeIn,
    WholeClientShape,
)
from orders.forms.cards import MergeForm
from orders.models import Client, ClientAddress, ClientDriverBlock, ClientMark
from orders.selectors import cards, duplicates
from orders.services import blocks, client_addresses, merging
from orders.services import clients as services
from orders.services.card_numbers import Phones
from orders.services.client_addresses import Written
from orders.services.merging import Choice


class Clients(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ, "POST": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Clients by name, number or mark",
        description="The newest first. A number is found in any writing, but only as a whole.",
        parameters=[
            paging.TEXT,
            OpenApiParameter("mark", str, enum=list(filter(None, ClientMark.values)), description="That counts."),
            paging.AFTER,
        ],
        responses=ClientPage,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params.get("mark", "")
        found = cards.clients(
            text=paging.text_of(request),
            mark=ClientMark(asked) if asked in ClientMark.values else ClientMark.NONE,
            after=paging.number_of(paging.after_of(request)),
        )
        rows, following = paging.cut(request, found, cards.PAGE, lambda client: client.pk)
        return Response({"clients": ClientShape(rows, many=True, context=self.eyes(request)).data, "next": following})

    @extend_schema(
        summary="Add a client",
        description="With at least one number, in any writing; the first one is the main one.",
        request=ClientIn,
        responses={201: WholeClientShape},
    )
    @once
    def post(self, request: Request) -> Response:
        said = read(ClientIn(data=request.data))
        added = services.add(
            name=said.get("name", ""),
            notes=said.get("notes", ""),
            numbers_typed=said["phones"],
            actor=token_of(request).person,
        )
        return Response(_whole(self, request, added.pk), status=201)


class OneClient(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ, "PATCH": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="A client's card",
        description="With numbers, saved addresses, mark, counts of trips and the companies that pay for them.",
        responses=WholeClientShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(_whole(self, request, pk))

    @extend_schema(
        summary="Change a client's card",
        description="What is left out stays. At least one number stays, too: without one the caller is not recognised.",
        request=ClientChange,
        responses=WholeClientShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        said = read(ClientChange(data=request.data))
        now = Client.objects.known().select_for_update().get(pk=pk)
        services.change(
            client_id=pk,
            name=said.get("name", now.name),
            notes=said.get("notes", now.notes),
            phones=Phones(
                added=tuple(said.get("add_phones", ())),
                removed=frozenset(said.get("remove_phones", ())),
                main=said.get("main_phone"),
            ),
            actor=token_of(request).person,
        )
        return Response(_whole(self, request, pk))


class MarkClient(Endpoint):
    scopes: ClassVar = {"POST": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Mark a client",
        description="As VIP or for the black list, which needs a reason; an empty mark takes it away.",
        request=ClientMarkIn,
        responses=WholeClientShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(ClientMarkIn(data=request.data))
        services.mark(
            client_id=_known(pk),
            mark=ClientMark(said["mark"]),
            reason=said.get("reason", ""),
            until=said.get("until"),
            actor=token_of(request).person,
        )
        return Response(_whole(self, request, pk))


class Duplicates(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_MERGE}

    @extend_schema(
        summary="Cards that are likely of one person",
        description="Those that share a number, page by page; before the first of them, those that share name and "
        "saved address.",
        parameters=[paging.AFTER],
        responses=LikelyPage,
    )
    def get(self, request: Request) -> Response:
        after = paging.number_of(paging.after_of(request))
        shared, following = paging.cut(request, duplicates.by_number(after), duplicates.PAGE, lambda likely: likely.key)
        alike = duplicates.by_name_and_address() if after is None else ()
        rows = LikelyShape([*alike, *shared], many=True, context=self.eyes(request)).data
        return Response({"duplicates": rows, "next": following})


class MergeClient(Endpoint):
    scopes: ClassVar = {"POST": Scope.CLIENTS_MERGE}

    @extend_schema(
        summary="Make one card of two",
        description="This card has then all that the other one had: orders, numbers, addresses, companies, calls. The "
        "other one stays behind empty and leads here; nothing takes it apart again.",
        request=MergeIn,
        responses=WholeClientShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(MergeIn(data=request.data))
        pair = [Client.objects.get(pk=key) for key in (pk, said["gone"])]
        if said.get("mark_of", pk) not in (pk, said["gone"]):
            raise problems.Invalid({"mark_of": _("Choose one of the list.")})
        usual = MergeForm(pair=pair).initial
        choice = Choice(**{name: said.get(name, usual[name]) for name in ("name", "notes", "mark_of")})
        merging.merge(kept_id=pk, gone_id=said["gone"], choice=choice, actor=token_of(request).person)
        return Response(_whole(self, request, pk))


class Addresses(Endpoint):
    scopes: ClassVar = {"POST": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Save an address of a client",
        description="Home, work, mother's: intake offers it.",
        request=AddressIn,
        responses={201: AddressShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        written = Written(**read(AddressIn(data=request.data)))
        saved = client_addresses.save(client_id=_known(pk), written=written, actor=token_of(request).person)
        return Response(AddressShape(saved).data, status=201)


class OneAddress(Endpoint):
    scopes: ClassVar = {"PATCH": Scope.CLIENTS_WRITE, "DELETE": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Change a saved address",
        description="What is left out stays.",
        request=AddressIn,
        responses=AddressShape,
    )
    @once
    def patch(self, request: Request, pk: int, key: int) -> Response:
        now = ClientAddress.objects.get(client=_known(pk), pk=key)
        said = {field.name: getattr(now, field.name) for field in fields(Written)}
        written = Written(**said | read(AddressIn(data=request.data, partial=True)))
        actor = token_of(request).person
        saved = client_addresses.save(client_id=pk, written=written, actor=actor, address_id=key)
        return Response(AddressShape(saved).data)

    @extend_schema(
        summary="Remove a saved address",
        description="Asked twice, it is gone all the same.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int, key: int) -> Response:
        client_addresses.remove(client_id=_known(pk), address_id=key, actor=token_of(request).person)
        return Response(status=204)


class Blocks(Endpoint):
    scopes: ClassVar = {"POST": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Keep a driver from a client",
        description="They are not brought together any more. Asked again, the first reason stays.",
        request=BlockIn,
        responses={201: WholeClientShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(BlockIn(data=request.data))
        blocks.block(
            client_id=_known(pk),
            call_sign=said["call_sign"],
            reason=said.get("reason", ""),
            actor=token_of(request).person,
        )
        return Response(_whole(self, request, pk), status=201)


class OneBlock(Endpoint):
    scopes: ClassVar = {"DELETE": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Let a driver to a client again",
        description="From now on he may be sent to this client as before.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int, key: int) -> Response:
        found = ClientDriverBlock.objects.get(pk=key, client=pk)
        blocks.lift(block_id=found.pk, actor=token_of(request).person)
        return Response(status=204)


def _whole(view: Endpoint, request: Request, pk: int) -> dict[str, object]:
    return WholeClientShape(cards.client_card(pk).client, context=view.eyes(request)).data


def _known(pk: int) -> int:
    """Raises Client.DoesNotExist, for an empty shell of a merged card, too."""
    return Client.objects.known().get(pk=pk).pk
