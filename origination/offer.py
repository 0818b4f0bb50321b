"""The offer: what a product would lend an applicant, and at what price. Pure."""

from dataclasses import dataclass
from datetime import date

from kernel import Money, Rate
from origination.assessment import Assessment, Policy
from origination.quote import Quote, quote
from origination.terms import Terms


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, or what is offered instead."""

    amount: Money
    installments: int
    purpose: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a product would lend.

    Attributes:
        wish: amount, term and purpose.
        grade: the grade it is priced by.
        rate: the nominal rate of a year.
        terms: the product's terms with the fee of the grade.
        reasons: codes of whatever differs from the rules.
    """

    wish: Wish
    grade: str
    rate: Rate
    terms: Terms
    reasons: tuple[str, ...]

    def quote(self, on: date) -> Quote:
        """Return what the loan would cost if it started on a day."""
        return quote(
            self.terms,
            amount=self.wish.amount,
            installments=self.wish.installments,
            rate=self.rate,
            on=on,
        )

    def check(self, policy: Policy, *, on: date) -> None:
        """Refuse an offer that the product may not make.

        Raises:
            AmountOutsideLimits, AmountOffStep, TermNotOffered, PurposeNotOffered: not on offer.
            RateAboveCap: it costs more than the ceiling of the day.
        """
        wish = self.wish
        policy.limits.check(
            amount=wish.amount, installments=wish.installments, purpose=wish.purpose
        )
        policy.pricing.check(self.rate, apr=lambda: self.quote(on).apr, on=on)


def make_offer(
    policy: Policy,
    terms: Terms,
    assessment: Assessment,
    *,
    asked: Wish,
    offered: Wish,
    grade: str | None = None,
    rate: Rate | None = None,
) -> Offer:
    """Return the offer for an assessed applicant.

    Args:
        policy: limits and pricing of the product.
        terms: its terms.
        assessment: what was found of the applicant.
        asked: what the applicant wishes.
        offered: what is offered; usually the same.
        grade: instead of the grade found.
        rate: instead of the rate card's.

    Raises:
        GradeNotOffered: the product has no such grade.
        TermNotOffered: the product has no such term.
    """
    policy.limits.check_term(offered.installments)
    grade = assessment.grade if grade is None else grade
    listed = policy.pricing.price(grade, offered.installments)
    signs = {
        "despite_rules": not assessment.eligible,
        "external_grade": grade != assessment.grade,
        "changed_terms": offered != asked or rate not in {None, listed},
    }
    reasons = tuple(code for code, holds in signs.items() if holds)
    return Offer(
        wish=offered,
        grade=grade,
        rate=listed if rate is None else rate,
        terms=policy.pricing.terms(terms, grade),
        reasons=reasons,
    )
