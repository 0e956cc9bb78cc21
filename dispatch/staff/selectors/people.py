"""People as the administrator sees them."""

from django.db.models import Q, QuerySet

from dispatch.staff.models import Person


def people(*, text: str = "") -> QuerySet[Person]:
    """All accounts of people, those that may sign in first, by name; `text` narrows by name, call sign or extension."""
    found = Person.objects.filter(is_machine=False).order_by("-is_active", "last_name", "first_name", "pk")
    for word in text.split():
        found = found.filter(
            Q(last_name__icontains=word)
            | Q(first_name__icontains=word)
            | Q(username__icontains=word)
            | Q(call_sign__istartswith=word)
            | Q(own_extension__startswith=word)
        )
    return found
