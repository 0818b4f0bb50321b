"""The facts an applicant is judged by: one vocabulary, into which every source of them maps."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from kernel import Invalid, Money, Rate


class UnusableFact(Invalid):
    """The fact “{field}” is not usable: {why}."""


class Kind(StrEnum):
    """What a fact is written in."""

    AMOUNT = "amount"  # minor units of the application's currency
    SHARE = "share"  # a Rate; JSON keeps hundred-millionths, policy files write per cent as text
    COUNT = "count"  # a whole number
    WORD = "word"
    FLAG = "flag"


class HomeOwnership(StrEnum):
    """How the applicant lives."""

    OWN = "own"
    MORTGAGE = "mortgage"
    RENT = "rent"
    OTHER = "other"


class Verification(StrEnum):
    """What stands behind the stated income."""

    NOT_VERIFIED = "not_verified"
    SOURCE_VERIFIED = "source_verified"  # the employer or source is known to exist
    VERIFIED = "verified"  # the amount was seen on a document


class Security(StrEnum):
    """What lenders may turn to where the borrower does not pay; the product says so."""

    NONE = "none"
    VEHICLE = "vehicle"
    PROPERTY = "property"
    DEPOSIT = "deposit"
    GUARANTEE = "guarantee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an applicant on the day of the application; None is not known.

    Attributes:
        annual_income_minor: income of a year before tax, of both applicants if they apply jointly.
        debt_to_income: monthly payments on all other debts, over monthly income.
        employment_years: whole years with the present employer; 10 is ten or more.
        home_ownership: how the applicant lives.
        verification: what stands behind the stated income.
        age: whole years.
        region: state or province, as its people write it: `CA`, `上海`.
        joint: whether two people apply together.
        security: what secures the loan, as its product says.
        credit_history_years: whole years since the first credit line was opened.
        delinquencies_2y: payments 30 days late or more in the last two years.
        months_since_delinquency: months since the last of them.
        delinquent_accounts: accounts that are behind now.
        inquiries_6m: inquiries of lenders in the last six months.
        inquiries_12m: inquiries of lenders in the last twelve months.
        open_accounts: credit lines open now.
        total_accounts: credit lines ever opened.
        mortgage_accounts: mortgages among them.
        public_records: bankruptcies, tax liens and judgements on record.
        bankruptcies: bankruptcies among them.
        tax_liens: tax liens among them.
        collections_12m: debts given to collectors in the last twelve months, medical ones excluded.
        revolving_balance_minor: what is owed on revolving lines.
        revolving_utilisation: that balance over the lines' limits.
    """

    annual_income_minor: int | None = None
    debt_to_income: Rate | None = None
    employment_years: int | None = None
    home_ownership: HomeOwnership | None = None
    verification: Verification | None = None
    age: int | None = None
    region: str | None = None
    joint: bool | None = None
    security: Security | None = None
    credit_history_years: int | None = None
    delinquencies_2y: int | None = None
    months_since_delinquency: int | None = None
    delinquent_accounts: int | None = None
    inquiries_6m: int | None = None
    inquiries_12m: int | None = None
    open_accounts: int | None = None
    total_accounts: int | None = None
    mortgage_accounts: int | None = None
    public_records: int | None = None
    bankruptcies: int | None = None
    tax_liens: int | None = None
    collections_12m: int | None = None
    revolving_balance_minor: int | None = None
    revolving_utilisation: Rate | None = None

    def __post_init__(self) -> None:
        """Refuse what is not of its kind, and numbers below zero."""
        for name, value in self.known().items():
            _check(name, value)

    def known(self) -> dict[str, Any]:
        """Return the facts that are known, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def to_json(self) -> dict[str, Any]:
        """Return the stored form; what is not known is left out."""
        return {
            name: value.e8 if isinstance(value, Rate) else value
            for name, value in self.known().items()
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back.

        Raises:
            UnusableFact: a name is not in the vocabulary, or a value not of its kind.
        """
        return cls(**{name: _read(name, value) for name, value in stored.items()})


_SHARES = {"debt_to_income", "revolving_utilisation", "amount_to_income"}
_WORDS: Mapping[str, type[StrEnum] | None] = {
    "home_ownership": HomeOwnership,
    "verification": Verification,
    "security": Security,
    "region": None,
}


def _kind(name: str) -> Kind:
    if name in _SHARES:
        return Kind.SHARE
    if name in _WORDS:
        return Kind.WORD
    if name == "joint":
        return Kind.FLAG
    return Kind.AMOUNT if name.endswith("_minor") else Kind.COUNT


_TYPES = MappingProxyType(
    {Kind.AMOUNT: int, Kind.SHARE: Rate, Kind.COUNT: int, Kind.WORD: str, Kind.FLAG: bool}
)

# Every fact that rules and scorecards may judge, derived ones included.
VOCABULARY = MappingProxyType(
    {name: _kind(name) for name in (*(field.name for field in fields(Facts)), "amount_to_income")}
)

# What lenders see of a borrower before they lend: everything that was judged, but no age.
HIDDEN = frozenset({"age"})


def shown(facts: Facts) -> dict[str, Any]:
    """Return the stored form of what lenders may see."""
    return {name: value for name, value in facts.to_json().items() if name not in HIDDEN}


def judged(facts: Facts, name: str, *, amount: Money) -> int | str | None:
    """Return a fact in the form in which rules compare it: whole units, a word, or None."""
    if name == "amount_to_income":
        return _amount_to_income(facts, amount)
    value: Any = getattr(facts, name)
    return value.e8 if isinstance(value, Rate) else value


def _amount_to_income(facts: Facts, amount: Money) -> int | None:
    """Return the amount asked over the income of a year, in hundred-millionths, rounded up."""
    if not facts.annual_income_minor:
        return None
    return -(-amount.minor * Rate.percent(100).e8 // facts.annual_income_minor)


def _read(name: str, value: Any) -> Any:
    if name not in VOCABULARY or name == "amount_to_income":
        raise UnusableFact(field=name, why="it is not in the vocabulary")
    if VOCABULARY[name] is Kind.SHARE and type(value) is int:
        return Rate.from_e8(value)
    words = _WORDS.get(name)
    if words is not None and value in list(words):
        return words(value)
    return value


def _check(name: str, value: Any) -> None:
    kind = VOCABULARY[name]
    expected = _WORDS.get(name) or _TYPES[kind]
    # A bool is an int to Python, but no count.
    if not isinstance(value, expected) or (expected is int and type(value) is not int):
        raise UnusableFact(field=name, why=f"{value!r} is not a {kind}")
    number = value.e8 if isinstance(value, Rate) else value
    if isinstance(number, int) and number < 0:
        raise UnusableFact(field=name, why=f"{value} is below zero")
