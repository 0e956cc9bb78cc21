from rest_framework import serializers


class FieldErrorShape(serializers.Serializer):
    field = serializers.CharField(help_text="As it stands in the request: `pickup.address`.")
    message = serializers.CharField()


class ConcernShape(serializers.Serializer):
    name = serializers.CharField(help_text="Comes back in `accept` when it is to be done all the same.")
    detail = serializers.CharField()


class ClashShape(serializers.Serializer):
    field = serializers.CharField()
    before = serializers.CharField()
    theirs = serializers.CharField()
    mine = serializers.CharField()


class OutlookShape(serializers.Serializer):
    """What a change would lead to."""

    moved = serializers.ListField(child=serializers.CharField(), help_text="place, time, wishes")
    concerns = ConcernShape(many=True)
    price = serializers.CharField(allow_null=True)
    currency = serializers.CharField()


class KnownShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ProblemShape(serializers.Serializer):
    """RFC 9457. Which of the optional members are there depends on the `title`."""

    type = serializers.CharField()
    title = serializers.CharField(
        help_text="no_token, no_scope, not_found, invalid, refused, doubtful, undecided, conflict, ambiguous, …"
    )
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence for people.")
    errors = FieldErrorShape(many=True, required=False)  # type: ignore[assignment]  # of the class itself it is none
    concerns = ConcernShape(many=True, required=False, help_text="Of `doubtful`.")
    clients = KnownShape(many=True, required=False, help_text="Of `ambiguous`.")
    version = serializers.IntegerField(required=False, help_text="Of `conflict`: the newest one.")
    conflicts = ClashShape(many=True, required=False, help_text="Of `conflict`.")
    outlook = OutlookShape(required=False, help_text="Of `undecided`.")
    choices = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Of `undecided`: what `accept` may hold."
    )
