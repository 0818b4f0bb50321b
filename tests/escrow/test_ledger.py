import numpy as np
import pytest

from escrow import AccountRef, Gather, Movement, NothingToPost, Pairs, Posting, Spread
from escrow.ledger import Lines, fingerprint, lines
from tests.escrow.stories import BOB, CAROL, LISTING, USD, cash_of, dollars

NUMBERS = {cash_of(BOB): 1, cash_of(CAROL): 2, LISTING: 3}


def laid_out(*parts: Posting | Spread | Gather | Pairs) -> list[tuple[str, int, int, int, str]]:
    rows = lines(parts, NUMBERS.__getitem__)
    return list(
        zip(
            rows.movements,
            rows.sources.tolist(),
            rows.targets.tolist(),
            rows.amounts.tolist(),
            rows.currencies,
            strict=True,
        )
    )


def test_parts_become_rows_in_their_order() -> None:
    rows = laid_out(
        Posting(Movement.RESERVE, cash_of(BOB), LISTING, dollars("1.00")),
        Spread(Movement.RELEASE, LISTING, np.array([1, 2]), np.array([10, 20]), USD),
        Gather(Movement.RESERVE, np.array([1, 2]), 3, np.array([30, 40]), USD),
        Pairs(Movement.TRADE, np.array([1, 2]), np.array([2, 1]), np.array([50, 60]), USD),
    )

    assert rows == [
        ("RESERVE", 1, 3, 100, "USD"),
        ("RELEASE", 3, 1, 10, "USD"),
        ("RELEASE", 3, 2, 20, "USD"),
        ("RESERVE", 1, 3, 30, "USD"),
        ("RESERVE", 2, 3, 40, "USD"),
        ("TRADE", 1, 2, 50, "USD"),
        ("TRADE", 2, 1, 60, "USD"),
    ]


def test_amounts_of_zero_are_left_out() -> None:
    rows = laid_out(
        Posting(Movement.RESERVE, 1, 3, dollars("0.00")),
        Spread(Movement.RELEASE, 3, np.array([1, 2]), np.array([0, 20]), USD),
    )

    assert rows == [("RELEASE", 3, 2, 20, "USD")]


def test_an_entry_of_nothing_is_refused() -> None:
    nobody = np.array([], dtype=np.int64)

    with pytest.raises(NothingToPost):
        laid_out(Spread(Movement.RELEASE, 3, nobody, nobody, USD))


def test_an_amount_below_zero_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="not negative"):
        laid_out(Posting(Movement.RESERVE, 1, 3, dollars("-1.00")))


def test_accounts_and_amounts_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="1 accounts for 2 amounts"):
        laid_out(Spread(Movement.RELEASE, 3, np.array([1]), np.array([1, 2]), USD))


def rows_of(
    *,
    movement: str = "RESERVE",
    source: int = 1,
    target: int = 3,
    amount: int = 5,
    currency: str = "USD",
) -> Lines:
    sources, targets, amounts = np.array([[source], [target], [amount]], dtype=np.int64)
    return Lines([movement], sources, targets, amounts, [currency])


@pytest.mark.parametrize(
    "other",
    [
        rows_of(movement="RELEASE"),
        rows_of(source=2),
        rows_of(target=4),
        rows_of(amount=6),
        rows_of(currency="EUR"),
        rows_of(source=3, target=1),
    ],
)
def test_the_fingerprint_tells_any_other_row(other: Lines) -> None:
    assert fingerprint(rows_of(), "") == fingerprint(rows_of(), "")
    assert fingerprint(other, "") != fingerprint(rows_of(), "")
    assert fingerprint(rows_of(), "memo") != fingerprint(rows_of(), "")


def test_the_platform_owns_what_nobody_else_does() -> None:
    assert AccountRef(LISTING.kind, None, USD).owner.int == 0
