"""Fields that are cleaned as the office's own forms do, and numbers that not every eye sees whole."""

import binascii
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from rest_framework import serializers

from orders import phones
from orders.forms.fields import FlightField, PhoneField
from orders.sight import Sight

NUMBERS = frozenset({"phone", "callback_phone"})  # fields of an order's history that are numbers of clients


class Number(serializers.CharField):
    """A client's telephone number, E.164; masked without the scope clients:read."""

    def to_representation(self, value: Any) -> str:
        return seen(str(value or ""), self.context["sight"])


def seen(number: str, sight: Sight) -> str:
    return number if sight is Sight.WHOLE else phones.masked(number)


class _AsTyped(serializers.CharField):
    form_field: forms.Field

    def to_internal_value(self, data: Any) -> Any:
        try:
            return self.form_field.clean(super().to_internal_value(data))
        except forms.ValidationError as error:
            raise serializers.ValidationError(error.messages) from None


class Phone(_AsTyped):
    """A telephone number in any writing."""

    form_field = PhoneField(required=False)


class Flight(_AsTyped):
    form_field = FlightField()


class Content(serializers.CharField):
    """A file in Base64, of `most()` bytes."""

    def __init__(self, most: Callable[[], int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def to_internal_value(self, data: Any) -> Any:
        try:
            content = b64decode(super().to_internal_value(data), validate=True)
        except (binascii.Error, ValueError):
            raise serializers.ValidationError(_("This is no Base64.")) from None
        if len(content) > self.most():
            most = filesizeformat(self.most())
            raise serializers.ValidationError(_("The file is larger than %(most)s.") % {"most": most})
        return content
