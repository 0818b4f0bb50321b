"""A story's payments lead to the totals that the file tells."""

from dataclasses import replace
from datetime import date

from kernel import Currency, Money, Rate
from origination import POLICIES, Facts, load_products
from replay.layout import FileLoan, Outcome
from replay.story import Event, Step, tell


def usd(text: str) -> Money:
    return Money.parse(text, Currency.USD)


JUNE = date(2018, 6, 1)
(PRODUCT,) = load_products(POLICIES / "lendingclub.toml")
TERMS = PRODUCT.terms

LOAN = FileLoan(
    line=2,
    amount=usd("5000"),
    funded=usd("5000"),
    installments=36,
    rate=Rate.percent("12.61"),
    installment=usd("167.54"),
    grade="C",
    purpose="other",
    region="HI",
    issued=date(2018, 2, 1),
    outcome=Outcome.CURRENT,
    paid_principal=usd("345.64"),
    paid_interest=usd("156.98"),
    paid_late_fee=usd("0"),
    recovered=usd("0"),
    collection_fee=usd("0"),
    last_paid=None,
    last_amount=None,
    facts=Facts(),
)


def test_a_loan_on_schedule_pays_its_installments_on_their_due_days() -> None:
    events = tell(LOAN, JUNE, TERMS)

    assert events == [
        Event(date(2018, month, 1), Step.INSTALLMENT, usd("167.54")) for month in (3, 4, 5)
    ]


def test_most_of_an_installment_is_the_next_one_paid_short() -> None:
    short = replace(LOAN, paid_interest=usd("50.00"), paid_principal=usd("275.08"))

    assert tell(short, JUNE, TERMS)[-1] == Event(date(2018, 4, 1), Step.INSTALLMENT, usd("157.54"))


def test_a_loan_paid_early_is_settled_on_the_day_its_interest_tells() -> None:
    paid = replace(
        LOAN, outcome=Outcome.PAID, paid_principal=usd("5000"), paid_interest=usd("78.00")
    )

    first, last = tell(paid, JUNE, TERMS)

    assert first == Event(date(2018, 3, 1), Step.INSTALLMENT, usd("167.54"))
    assert last.step is Step.PAYOFF
    assert date(2018, 3, 14) <= last.on <= date(2018, 3, 18)


def test_a_late_fee_makes_an_installment_late() -> None:
    late = replace(LOAN, paid_late_fee=usd("15.00"))

    assert tell(late, JUNE, TERMS)[0] == Event(date(2018, 3, 21), Step.INSTALLMENT, usd("182.54"))


def test_a_failed_loan_is_charged_off_and_recovered_from() -> None:
    failed = replace(LOAN, outcome=Outcome.CHARGED_OFF, recovered=usd("50.93"))

    events = tell(failed, JUNE, TERMS)

    assert [event.step for event in events[-2:]] == [Step.CHARGE_OFF, Step.RECOVERY]
    assert events[-1].amount == usd("50.93")
