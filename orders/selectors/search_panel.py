"""How one order looks for its driver, as the dispatcher sees it: who is asked, who said what, who could."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders.flow import State
from orders.models import Offer, Order, Search
from orders.selectors import candidates
from orders.selectors.candidates import Likely

LAST_OFFERS = 20


@dataclass(frozen=True)
class Panel:
    """`search`: the one that the house makes by itself, if it does."""

    offers: Sequence[Offer]
    likely: Sequence[Likely]
    search: Search | None
    is_searching: bool

    @property
    def live(self) -> Sequence[Offer]:
        return [offer for offer in self.offers if offer.is_live]

    @property
    def past(self) -> Sequence[Offer]:
        return [offer for offer in self.offers if not offer.is_live]


def read(order: Order) -> Panel:
    """Thirteen queries, however many drive."""
    asked = Offer.objects.filter(order=order).select_related("driver", "sent_by").order_by("-id")[:LAST_OFFERS]
    return Panel(
        offers=list(asked),
        likely=candidates.likely(order),
        search=Search.objects.filter(order=order).first(),
        is_searching=order.state == State.SEARCHING,
    )
