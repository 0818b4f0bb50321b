"""A synthetic crowd of lenders: who they are, what they look for, and how much they bring."""

from dataclasses import dataclass
from random import Random
from uuid import UUID, uuid5

from kernel import Money
from matching import Criteria

NAMESPACE = UUID("6f3c1d7e-9b0a-4c58-8e21-5f7d3a2b1c90")

# What a lender looks for, and how common the wish is: most take any grade, some only the safer or
# the riskier half.
TASTES = (
    (6, Criteria()),
    (2, Criteria(grades=("A", "B", "C"))),
    (1, Criteria(grades=("C", "D", "E", "F", "G"))),
    (1, Criteria(installments_max=36)),
)


@dataclass(frozen=True, slots=True)
class Lender:
    """One synthetic lender.

    Attributes:
        weight: the part of all money that this lender brings; a few bring much, as in life.
        cap: the most that the mandate puts into one listing.
        criteria: what the mandate looks for.
    """

    id: UUID
    weight: float
    cap: Money
    criteria: Criteria


def crowd(name: str, count: int, *, seed: int, cap: Money) -> list[Lender]:
    """Return `count` lenders, the same ones for the same name and seed.

    Wealth follows a Pareto law of shape 1.5, cut so that nobody owns the market.
    """
    # Not for secrets: a replay must be the same each time it is run.
    random = Random(f"{name}:{seed}")  # noqa: S311
    wealth = [min(random.paretovariate(1.5), 50.0) for _ in range(count)]
    return [
        Lender(
            id=uuid5(NAMESPACE, f"{name}:lender:{number}"),
            weight=own / sum(wealth),
            cap=cap * random.choice((1, 2, 4)),
            criteria=_taste(random),
        )
        for number, own in enumerate(wealth)
    ]


def _taste(random: Random) -> Criteria:
    weights = [weight for weight, _ in TASTES]
    (taste,) = random.choices([criteria for _, criteria in TASTES], weights)
    return taste
