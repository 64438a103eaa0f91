"""What a unit of work brings to whom. Exact decimals; what a person is promised is rounded down."""

import math
from dataclasses import dataclass
from decimal import Decimal

WHOLE = 100


@dataclass(frozen=True)
class UnitPrice:
    """``worker_share`` and ``local_share`` in percent of the price: the person who does it, and those around them in
    the country (lead, premises, network). The rest leaves it.
    """

    price: Decimal
    units_per_hour: Decimal
    worker_share: int
    local_share: int = 0

    @property
    def an_hour(self) -> Decimal:
        """What the person has for an hour of work."""
        return self.price * self.units_per_hour * self.worker_share / WHOLE

    @property
    def whole_hour(self) -> int:
        return math.floor(self.an_hour)

    @property
    def stays(self) -> int:
        return self.worker_share + self.local_share

    @property
    def leaves(self) -> int:
        return WHOLE - self.stays

    def price_for(self, an_hour: Decimal) -> int:
        """The whole price of a unit from which the person has so much an hour."""
        return math.ceil(an_hour * WHOLE / (self.units_per_hour * self.worker_share))

    def share_for(self, an_hour: Decimal) -> int:
        """The share, in whole percent, with this price; over a hundred: none is enough."""
        return math.ceil(an_hour * WHOLE / (self.price * self.units_per_hour))
