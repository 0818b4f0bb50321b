"""What may be applied for, and by whom: limits and eligibility rules of a product."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from kernel import Currency, Money, Rate, Refused
from origination.facts import VOCABULARY, Facts, Kind, Security, judged
from origination.policy import Table
from origination.reasons import reason_code


class AmountOutsideLimits(Refused):
    """{amount} cannot be applied for: choose between {minimum} and {maximum}."""


class AmountOffStep(Refused):
    """{amount} cannot be applied for: choose a multiple of {step}."""


class TermNotOffered(Refused):
    """{installments} installments are not offered; choose one of: {offered}."""


class PurposeNotOffered(Refused):
    """“{purpose}” is not a purpose of this product; choose one of: {offered}."""


class FactsMissing(Refused):
    """The application cannot be judged yet; add: {names}."""


class Missing(StrEnum):
    """What a rule says when its fact is not known."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition of eligibility, with the reason code of its failure.

    Where it is `absolute` nobody may approve against it: a contract would not bind.
    """

    fact: str
    at_least: int | None
    at_most: int | None
    missing: Missing
    reason: str
    absolute: bool

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read a rule from a policy file."""
        fact = fact_name(table)
        rule = cls(
            fact=fact,
            at_least=threshold(table, "at_least", fact) if table.has("at_least") else None,
            at_most=threshold(table, "at_most", fact) if table.has("at_most") else None,
            missing=table.word("missing", Missing),
            reason=reason_code(table),
            absolute=table.has("absolute") and table.get("absolute", bool, "true"),
        )
        if rule.at_least is None and rule.at_most is None:
            raise table.refuse("fact", "the rule has no bound", "Add at_least or at_most")
        table.finish()
        return rule

    def holds(self, facts: Facts, *, amount: Money) -> bool:
        """Say whether the applicant meets the rule."""
        value = judged(facts, self.fact, amount=amount)
        if value is None:
            return self.missing is Missing.PASS
        above = self.at_least is None or int(value) >= self.at_least
        return above and (self.at_most is None or int(value) <= self.at_most)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a product allows to be applied for, and by whom."""

    minimum: Money
    maximum: Money
    step: Money
    installments: tuple[int, ...]
    purposes: tuple[str, ...]
    required_facts: tuple[str, ...]
    offer_days: int
    eligibility: tuple[Rule, ...]
    security: Security = Security.NONE

    @classmethod
    def read(cls, table: Table, currency: Currency) -> Self:
        """Read limits from a policy file."""
        amount = table.table("amount")
        limits = cls(
            minimum=amount.money("minimum", currency),
            maximum=amount.money("maximum", currency),
            step=amount.money("step", currency),
            installments=table.list_of("installments", int, "[36, 60]"),
            purposes=table.list_of("purposes", str, '["car"]'),
            required_facts=table.list_of("required_facts", str, '["annual_income_minor"]'),
            offer_days=table.whole("offer_days", least=1),
            eligibility=tuple(Rule.read(rule) for rule in table.tables("eligibility")),
            security=table.word("security", Security) if table.has("security") else Security.NONE,
        )
        limits._require_sense(table, amount)
        amount.finish()
        table.finish()
        return limits

    def _require_sense(self, table: Table, amount: Table) -> None:
        if not self.step.is_positive:
            raise amount.refuse("step", "it is nothing", "Write more than zero")
        if not Money.zero(self.step.currency) < self.minimum <= self.maximum:
            raise amount.refuse("minimum", "it exceeds maximum or is zero", "Write a smaller one")
        if not self.installments or min(self.installments) < 1:
            raise table.refuse("installments", "there is no term", "Write at least one, such as 36")
        if not set(self.required_facts) <= set(VOCABULARY) - {"amount_to_income"}:
            known = ", ".join(VOCABULARY)
            raise table.refuse("required_facts", "a fact is not known", f"Choose of: {known}")

    def check(self, *, amount: Money, installments: int, purpose: str) -> None:
        """Refuse a wish that the product does not offer.

        Raises:
            AmountOutsideLimits: the amount is too small or too large.
            AmountOffStep: it is not a multiple of the step.
            TermNotOffered: there is no such term.
            PurposeNotOffered: there is no such purpose.
        """
        if not self.minimum <= amount <= self.maximum:
            raise AmountOutsideLimits(amount=amount, minimum=self.minimum, maximum=self.maximum)
        if amount.minor % self.step.minor:
            raise AmountOffStep(amount=amount, step=self.step)
        self.check_term(installments)
        if purpose not in self.purposes:
            raise PurposeNotOffered(purpose=purpose, offered=", ".join(self.purposes))

    def check_term(self, installments: int) -> None:
        """Refuse a term that the product does not offer.

        Raises:
            TermNotOffered: there is no such term.
        """
        if installments not in self.installments:
            offered = ", ".join(str(term) for term in self.installments)
            raise TermNotOffered(installments=installments, offered=offered)

    def check_facts(self, facts: Facts) -> None:
        """Refuse to judge without the facts that the product requires.

        Raises:
            FactsMissing: some are not known.
        """
        names = [name for name in self.required_facts if getattr(facts, name) is None]
        if names:
            raise FactsMissing(names=", ".join(names))

    def failures(self, facts: Facts, *, amount: Money) -> tuple[str, ...]:
        """Return the reason codes of the eligibility rules that fail, in the product's order."""
        return _reasons(rule for rule in self.eligibility if not rule.holds(facts, amount=amount))

    def bars(self, facts: Facts, *, amount: Money) -> tuple[str, ...]:
        """Return those of the failures that nobody may approve against."""
        absolute = (rule for rule in self.eligibility if rule.absolute)
        return _reasons(rule for rule in absolute if not rule.holds(facts, amount=amount))


def _reasons(failed: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.reason for rule in failed))


def fact_name(table: Table, name: str = "fact") -> str:
    """Read the name of a fact that can be compared."""
    fact = table.text(name)
    if fact not in VOCABULARY:
        known = ", ".join(VOCABULARY)
        raise table.refuse(name, f"{fact!r} is no fact", f"Choose one of: {known}")
    return fact


def threshold(table: Table, name: str, fact: str) -> int:
    """Read a bound in the units in which `fact` is compared."""
    if VOCABULARY[fact] in {Kind.WORD, Kind.FLAG}:
        raise table.refuse(name, f"{fact} has no order", "Use a fact that is a number")
    share: Rate | None = table.share(name) if VOCABULARY[fact] is Kind.SHARE else None
    return table.whole(name) if share is None else share.e8
