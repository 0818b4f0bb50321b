"""What of lenders' money is at work, and what came back of it: told by later stages. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Part:
    """What one lender has outstanding in loans of one borrower and class, in minor units."""

    lender_id: UUID
    borrower_id: UUID
    grade: str
    purpose: str
    region: str
    amount: int


@dataclass(frozen=True, slots=True)
class AtWork:
    """What mandates with shares or caps per borrower have to know, and those that do not reinvest.

    Attributes:
        parts: what is outstanding; lenders whose mandates limit nothing may be left out.
        returned: by mandate, what came back since it began and was not withdrawn: principal and
            interest; mandates that reinvest both may be left out.
    """

    parts: Iterable[Part] = ()
    returned: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manual:
    """What of a listing is kept for orders by hand: ten-thousandths of it, for so many seconds."""

    share: int = 0
    seconds: int = 0

    def kept(self, *, amount: int, by_hand: int, open_for: int, step: int) -> int:
        """Return how much of a listing's room mandates leave alone, in whole steps."""
        if open_for >= self.seconds:
            return 0
        left = max(amount * self.share // 10_000 - by_hand, 0)
        return left - left % step
