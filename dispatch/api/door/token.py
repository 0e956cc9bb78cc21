"""Who is there: `Authorization: Bearer <token>`, and nothing else. And whether he may, and how often."""

import time
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from dispatch.api.models import Token
from dispatch.api.services import tokens
from dispatch.staff.models import Person

SCHEME = "Bearer"
LONGEST = 200
MINUTE = 60


class ByToken(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Person, Token]:
        scheme, _blank, text = request.headers.get("Authorization", "").partition(" ")
        found = None
        if scheme.lower() == SCHEME.lower() and 0 < len(text.strip()) <= LONGEST:
            found = tokens.find(text.strip(), timezone.now())
        if found is None:
            raise AuthenticationFailed(_("A valid token is needed: Authorization: Bearer …"))
        return found.person, found

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="api"'


def token_of(request: Request) -> Token:
    """Of a request that came through the door."""
    assert isinstance(request.auth, Token)
    return request.auth


class HasScope(BasePermission):
    """The view says in `scopes` which one each method needs; None: any token will do."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        if method not in view.scopes:
            raise MethodNotAllowed(str(request.method))
        scope = view.scopes[method]
        if scope and not token_of(request).may(scope):
            raise PermissionDenied(_("This token has not the scope %(scope)s.") % {"scope": scope})
        return True


class PerToken(BaseThrottle):
    """So many requests in each minute of the clock. Without Redis nobody counts, and nobody is kept out."""

    def allow_request(self, request: Request, view: Any) -> bool:
        token, minute = token_of(request), int(time.time()) // MINUTE
        key = f"api:{token.pk}:{minute}"
        try:
            with _redis().pipeline() as asked:
                asked.incr(key)
                asked.expire(key, 2 * MINUTE)
                count, _set = asked.execute()
        except redis.RedisError:
            return True
        return count <= token.a_minute

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
