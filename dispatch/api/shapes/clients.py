"""Clients and companies as other systems read them."""

from rest_framework import serializers

from dispatch.api.shapes.fields import Number
from dispatch.api.shapes.orders import NamedShape
from dispatch.api.shapes.wishes import SpotIn
from orders.forms.cards import MOST_NEW
from orders.models import Client, ClientMark, ServiceClass


class ClientPhoneShape(serializers.Serializer):
    id = serializers.IntegerField()
    number = Number(source="e164", help_text="E.164.")
    is_main = serializers.BooleanField()


class ClientShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    mark = serializers.ChoiceField(choices=ClientMark.choices, source="mark_now", help_text="The one that counts now.")
    mark_reason = serializers.SerializerMethodField()
    mark_until = serializers.SerializerMethodField(help_text="Null: for good.")
    notes = serializers.CharField()
    phones = ClientPhoneShape(many=True)
    created_at = serializers.DateTimeField()

    def get_mark_reason(self, client: Client) -> str:
        return client.mark_reason if client.mark_now else ""

    def get_mark_until(self, client: Client) -> str | None:
        return client.mark_until.isoformat() if client.mark_now and client.mark_until else None


class AddressShape(serializers.Serializer):
    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # of the class itself it is none
    address = serializers.CharField()
    entrance = serializers.CharField()
    flat = serializers.CharField()
    comment = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class EmploymentShape(serializers.Serializer):
    id = serializers.IntegerField(source="account.pk", help_text="Of the company.")
    name = serializers.CharField(source="account.name")
    reference = serializers.CharField()
    is_active = serializers.BooleanField()


class BlockShape(serializers.Serializer):
    id = serializers.IntegerField()
    driver = serializers.CharField(source="driver.call_sign")
    reason = serializers.CharField()


class WholeClientShape(ClientShape):
    addresses = AddressShape(many=True)
    completed = serializers.IntegerField(help_text="Trips.")
    cancelled = serializers.IntegerField()
    no_shows = serializers.IntegerField(help_text="So often a car waited in vain.")
    companies = EmploymentShape(many=True, source="employments", help_text="That pay for this client's trips.")
    blocks = BlockShape(many=True, help_text="Drivers who are not sent to this client.")
    merged_into = serializers.IntegerField(
        source="merged_into_id", allow_null=True, help_text="This card is empty: the client's card is that one."
    )


class ClientPage(serializers.Serializer):
    clients = ClientShape(many=True)
    next = serializers.CharField(allow_null=True)


class LikelyShape(serializers.Serializer):
    number = Number(help_text="That they share; empty: they share name and address.")
    address = serializers.CharField()
    clients = NamedShape(many=True)


class LikelyPage(serializers.Serializer):
    duplicates = LikelyShape(many=True)
    next = serializers.CharField(allow_null=True)


class BalanceShape(serializers.Serializer):
    """Of this calendar month."""

    used = serializers.DecimalField(14, 2)
    limit = serializers.DecimalField(12, 2, allow_null=True, help_text="Null: there is none.")


class CompanyShape(serializers.Serializer):
    id = serializers.IntegerField(source="account.pk")
    name = serializers.CharField(source="account.name")
    is_active = serializers.BooleanField(source="account.is_active")
    currency = serializers.CharField(source="account.currency")
    forbids_cash = serializers.BooleanField(source="account.forbids_cash")
    classes = serializers.ListField(
        child=serializers.ChoiceField(choices=ServiceClass.choices), source="account.classes", help_text="Empty: any."
    )
    balance = BalanceShape()


class EmployeeShape(serializers.Serializer):
    id = serializers.IntegerField(source="employee.pk")
    client = NamedShape(source="employee.client")
    reference = serializers.CharField(source="employee.reference")
    is_active = serializers.BooleanField(source="employee.is_active")
    balance = BalanceShape()


class WholeCompanyShape(CompanyShape):
    employees = EmployeeShape(many=True, source="members")
    next = serializers.IntegerField(source="after", allow_null=True, help_text="Goes into `after` for more employees.")


class CompanyPage(serializers.Serializer):
    companies = CompanyShape(many=True)
    next = serializers.CharField(allow_null=True)


class ClientIn(serializers.Serializer):
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    phones = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_empty=False, max_length=MOST_NEW, help_text="In any writing."
    )


class ClientChange(serializers.Serializer):
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    add_phones = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=MOST_NEW, help_text="In any writing."
    )
    remove_phones = serializers.ListField(child=serializers.IntegerField(), required=False, help_text="Their `id`.")
    main_phone = serializers.IntegerField(required=False, help_text="Its `id`.")


class ClientMarkIn(serializers.Serializer):
    mark = serializers.ChoiceField(choices=ClientMark.choices, allow_blank=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    until = serializers.DateTimeField(required=False, allow_null=True, help_text="Null: for good.")


class MergeIn(serializers.Serializer):
    gone = serializers.IntegerField(min_value=1, help_text="The other card of this client, which ends.")
    name = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="Without it: the longer one of both cards."
    )
    notes = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="Without it: those of both cards."
    )
    mark_of = serializers.IntegerField(
        required=False, help_text="The card whose mark stays. Without it: the one with a mark, the kept one first."
    )


class AddressIn(SpotIn):
    label = serializers.CharField(max_length=40, required=False, allow_blank=True)  # type: ignore[assignment]
    entrance = serializers.CharField(max_length=20, required=False, allow_blank=True)
    flat = serializers.CharField(max_length=20, required=False, allow_blank=True)
    comment = serializers.CharField(max_length=200, required=False, allow_blank=True)


class BlockIn(serializers.Serializer):
    call_sign = serializers.CharField(max_length=12)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CompanyIn(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217, of its limits.")
    is_active = serializers.BooleanField(required=False)
    monthly_limit = serializers.DecimalField(12, 2, required=False, allow_null=True, min_value=0)
    forbids_cash = serializers.BooleanField(required=False, help_text="Its people may not pay in cash.")
    classes = serializers.ListField(
        child=serializers.ChoiceField(choices=ServiceClass.choices), required=False, help_text="Empty: any."
    )
    notes = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class EmployeeChange(serializers.Serializer):
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    monthly_limit = serializers.DecimalField(12, 2, required=False, allow_null=True, min_value=0)
    is_active = serializers.BooleanField(required=False)


class EmployeeIn(EmployeeChange):
    phone = serializers.CharField(max_length=40, help_text="In any writing.")
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    client = serializers.IntegerField(required=False, allow_null=True, help_text="Whose card, of several.")
