"""A system's own webhooks: those of others do not exist for it."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api import selectors
from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.endpoints import paging
from dispatch.api.models import DeliveryState, Subscription
from dispatch.api.scopes import Scope
from dispatch.api.services import webhooks as services
from dispatch.api.shapes.webhooks import (
    DeliveryPage,
    DeliveryShape,
    WebhookIn,
    WebhookShape,
    WebhookWithSecretShape,
)

MANAGES: dict[str, Scope | None] = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Scope.WEBHOOKS_MANAGE)


class Webhooks(Endpoint):
    scopes: ClassVar = {method: MANAGES[method] for method in ("GET", "POST")}

    @extend_schema(
        summary="Your webhooks",
        description="Where events of orders are sent for you, and how that goes.",
        responses=WebhookShape(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(WebhookShape(_own(request).order_by("pk"), many=True).data)

    @extend_schema(
        summary="Have events of orders sent",
        description="From now on, signed with the secret that this answer tells; needs orders:read as well.",
        request=WebhookIn,
        responses={201: WebhookWithSecretShape},
    )
    @once
    def post(self, request: Request) -> Response:
        said = _read(request)
        person = token_of(request).person
        made, secret = services.subscribe(
            url=said["url"],
            kinds=said.get("kinds", ()),
            whole_numbers=said.get("whole_numbers", False),
            actor=person,
            person=person,
        )
        return Response({**WebhookShape(made).data, "secret": secret}, status=201)


class OneWebhook(Endpoint):
    scopes: ClassVar = {method: MANAGES[method] for method in ("GET", "PATCH", "DELETE")}

    @extend_schema(
        summary="One webhook",
        description="Where it leads, and since when it fails, if it does.",
        responses=WebhookShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(WebhookShape(_own(request).get(pk=pk)).data)

    @extend_schema(
        summary="Change a webhook",
        description="What is left out stays. While it is not `is_active`, nothing is written down for it.",
        request=WebhookIn,
        responses=WebhookShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        found = _own(request).get(pk=pk)
        said = _read(request, partial=True)
        changed = services.change(subscription_id=found.pk, actor=token_of(request).person, **said)
        return Response(WebhookShape(changed).data)

    @extend_schema(summary="Remove a webhook", description="With all messages that still wait.", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        services.remove(subscription_id=_own(request).get(pk=pk).pk, actor=token_of(request).person)
        return Response(status=204)


class WebhookSecret(Endpoint):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        summary="A new secret",
        description="Signs all messages from now on. Check both secrets until the old one is seen no more.",
        request=None,
        responses=WebhookWithSecretShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        found = _own(request).get(pk=pk)
        secret = services.renew_secret(subscription_id=found.pk, actor=token_of(request).person)
        return Response({**WebhookShape(_own(request).get(pk=pk)).data, "secret": secret})


class WebhookStart(Endpoint):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        summary="Start a webhook again",
        description="All that waits is sent at once; one that was stopped because it failed goes on.",
        request=None,
        responses=WebhookShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        found = services.start_again(subscription_id=_own(request).get(pk=pk).pk, actor=token_of(request).person)
        return Response(WebhookShape(found).data)


class WebhookTrial(Endpoint):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        summary="Have a trial sent",
        description="A message of the type `ping`, signed like all others.",
        request=None,
        responses={201: DeliveryShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        return Response(DeliveryShape(services.try_out(subscription_id=_own(request).get(pk=pk).pk)).data, status=201)


class Deliveries(Endpoint):
    scopes: ClassVar = {"GET": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        summary="What became of the messages",
        description="The newest first, of the last days.",
        parameters=[
            OpenApiParameter("state", str, enum=DeliveryState.values, description="Only those."),
            paging.AFTER,
        ],
        responses=DeliveryPage,
    )
    def get(self, request: Request, pk: int) -> Response:
        state = request.query_params.get("state", "")
        found = selectors.deliveries(
            _own(request).get(pk=pk).pk,
            after=paging.number_of(paging.after_of(request)),
            state=state if state in DeliveryState.values else "",
        )
        rows, following = paging.cut(request, found, selectors.PAGE, lambda delivery: delivery.pk)
        return Response({"deliveries": DeliveryShape(rows, many=True).data, "next": following})


class SendAgain(Endpoint):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        summary="Send a message once more",
        description="With the same id; also one that was given up.",
        request=None,
        responses=DeliveryShape,
    )
    @once
    def post(self, request: Request, pk: int, key: int) -> Response:
        subscription = _own(request).get(pk=pk)
        return Response(DeliveryShape(services.send_again(delivery_id=key, subscription_id=subscription.pk)).data)


def _own(request: Request) -> Any:
    return Subscription.objects.filter(person=token_of(request).person)


def _read(request: Request, *, partial: bool = False) -> dict[str, Any]:
    said = read(WebhookIn(data=request.data, partial=partial))
    for scope, is_needed in (
        (Scope.ORDERS_READ, True),
        (Scope.CLIENTS_READ, said.get("whole_numbers", False)),
    ):
        if is_needed and not token_of(request).may(scope):
            raise PermissionDenied(_("This token has not the scope %(scope)s.") % {"scope": scope})
    return said
