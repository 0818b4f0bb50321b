from kernel import Rate
from matching import Estimate, losses, presets
from matching.prospects import Loan, estimate


def loan(grade: str, *, amount: int = 100, rate: str = "10", installments: int = 36) -> Loan:
    return Loan(amount, Rate.percent(rate), grade, installments)


def test_a_mix_without_loans_promises_nothing() -> None:
    assert estimate([]) is None
    assert estimate([loan("Z")]) is None


def test_what_is_charged_off_is_lost_over_the_term_less_what_is_recovered() -> None:
    # 6.0 % of grade A, less 8.9 % recovered, over three years.
    found = estimate([loan("A")])

    assert found == Estimate(interest=Rate.percent("10"), loss=Rate.percent("1.82"))
    assert found.left == Rate.percent("8.18")


def test_a_mix_is_weighed_by_amount() -> None:
    found = estimate([loan("A", amount=300), loan("B", amount=100, rate="14")])

    assert found is not None
    assert found.interest == Rate.percent("11")
    assert found.loss == Rate.percent("2.3")


def test_a_longer_loan_loses_less_in_a_year() -> None:
    short, long = estimate([loan("C")]), estimate([loan("C", installments=60)])

    assert short is not None
    assert long is not None
    assert long.loss.value < short.loss.value


def test_the_table_names_its_source_and_presets_stand_in_order() -> None:
    assert "42,535" in losses()["source"]
    assert list(presets()) == ["cautious", "balanced", "bold"]
