from collections.abc import Callable

import pytest
from django.test import Client as Browser

from dispatch.staff.models import Person, Role


@pytest.fixture
def as_(db) -> Callable[[Role], Browser]:
    """A browser in which somebody of that role is signed in."""

    def sign_in(role: Role) -> Browser:
        browser = Browser()
        browser.force_login(Person.objects.create(username=role.value, last_name="Котова", roles=[role]))
        return browser

    return sign_in
