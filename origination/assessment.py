"""Assessing an applicant: eligibility, score, grade and the reasons for each. Pure."""

from dataclasses import dataclass

from kernel import Money
from origination.facts import Facts
from origination.limits import Limits
from origination.pricing import Pricing
from origination.scorecard import Score

# A notice states the principal reasons; more than four are unlikely to help (official comment
# 9(b)(2)-1 to 12 CFR 1002.9).
MOST_REASONS = 4


@dataclass(frozen=True, slots=True)
class Policy:
    """What an applicant is judged by: a product's limits and pricing."""

    limits: Limits
    pricing: Pricing


@dataclass(frozen=True, slots=True)
class Assessment:
    """A judgement with what it rests on.

    Attributes:
        score: with the points of every characteristic.
        grade: the grade reached; the product's last one where the score is below all.
        failures: codes of eligibility rules that fail.
        bars: those of them that nobody may approve against.
        reasons: at most four codes: failed rules first, then the greatest losses of points.
        eligible: whether every rule holds and the score reaches a grade.
    """

    score: Score
    grade: str
    failures: tuple[str, ...]
    bars: tuple[str, ...]
    reasons: tuple[str, ...]
    eligible: bool


def assess(policy: Policy, facts: Facts, *, amount: Money) -> Assessment:
    """Judge an applicant who asks for `amount`."""
    failures = policy.limits.failures(facts, amount=amount)
    score = policy.pricing.scorecard.score(facts, amount=amount)
    reasons = dict.fromkeys((*failures, *score.reasons))
    return Assessment(
        score=score,
        grade=score.grade or policy.pricing.scorecard.grades[-1][0],
        failures=failures,
        bars=policy.limits.bars(facts, amount=amount),
        reasons=tuple(reasons)[:MOST_REASONS],
        eligible=not failures and score.grade is not None,
    )
