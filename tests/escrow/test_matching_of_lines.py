"""Holding lines against each other, purely: whatever comes in whatever order."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from escrow.reconciling import Explanation, Key, Line, Place, Side, Verdict, paired, reconcile

DAY = date(2026, 11, 23)
KEY = Key("deposit:1", Place.STRIPE, "USD")


def line(
    side: Side = Side.BOOK,
    ident: str = "1",
    flow: str = "deposit:1",
    amount: int = 100,
    *,
    place: Place = Place.STRIPE,
    on: date = DAY,
) -> Line:
    return Line(side, ident, flow, place, amount, "USD", on, "")


def verdicts(*lines: Line, **known: list[Explanation]) -> list[tuple[str, str, int]]:
    reasons = {
        Key(name.replace("_", ":"), Place.STRIPE, "USD"): each for name, each in known.items()
    }
    found = reconcile(lines, reasons, on=DAY)
    return [(each.key.flow, each.verdict.value, each.unexplained) for each in found]


def test_a_flow_of_which_both_say_the_same_clears() -> None:
    assert verdicts(line(), line(Side.PROVIDER)) == [("deposit:1", "cleared", 0)]


def test_a_difference_is_a_break_of_its_amount() -> None:
    assert verdicts(line(), line(Side.PROVIDER, amount=90)) == [("deposit:1", "break", -10)]


def test_a_line_that_belongs_nowhere_is_a_break_of_its_own() -> None:
    assert verdicts(line(Side.PROVIDER, "t", "")) == [("provider:t", "break", 100)]


def test_amount_and_day_bring_together_what_has_no_name() -> None:
    early = DAY - timedelta(days=7)

    assert verdicts(line(flow="entry:1"), line(Side.PROVIDER, "t", "", on=early)) == [
        ("entry:1", "cleared", 0)
    ]


def test_what_lies_too_far_apart_or_fits_twice_stays_apart() -> None:
    late = line(Side.PROVIDER, "t", "", on=DAY + timedelta(days=8))
    twins = line(flow="entry:1"), line(ident="2", flow="entry:2"), line(Side.PROVIDER, "t", "")
    rivals = line(flow="entry:1"), line(Side.PROVIDER, "t", ""), line(Side.PROVIDER, "u", "")

    for lines in ((line(flow="entry:1"), late), twins, rivals):
        assert {verdict for _, verdict, _ in verdicts(*lines)} == {"break"}


def test_a_payment_of_the_provider_to_our_bank_finds_its_line() -> None:
    sent = line(Side.PROVIDER, "t", "settle:po", -500)
    came = line(Side.BANK, "b", "", 500, place=Place.BANK, on=DAY + timedelta(days=2))

    joined = paired([sent, came])

    assert [each.flow for each in joined] == ["settle:po", "settle:po"]


def test_what_passes_explains_its_amount_until_its_day_and_nothing_else() -> None:
    sent = line(Side.PROVIDER, amount=-40)
    way = Explanation("on_its_way", -40, DAY)

    assert verdicts(sent, deposit_1=[way]) == [("deposit:1", "explained", 0)]
    assert verdicts(sent, deposit_1=[replace(way, until=DAY - timedelta(days=1))])[0][1] == "break"
    assert verdicts(replace(sent, amount=-41), deposit_1=[way])[0][1:] == ("break", -41)
    assert verdicts(line(), line(Side.PROVIDER), deposit_1=[way])[0][1] == "cleared"


def test_what_stands_is_a_part_of_the_difference() -> None:
    owed = Explanation("owed_outside", -60, passes=False)
    book, taken = line(amount=100), line(Side.PROVIDER, amount=40)

    assert verdicts(book, taken, deposit_1=[owed]) == [("deposit:1", "explained", 0)]
    assert verdicts(book, replace(taken, amount=30), deposit_1=[owed])[0][1:] == ("break", -10)


FLOWS = st.lists(
    st.tuples(
        st.sampled_from(["deposit", "payout", "entry", "settle", ""]),
        st.integers(1, 4),  # few, so that amounts collide
        st.booleans(),  # the book says it
        st.booleans(),  # the outside says it
        st.booleans(),  # told twice by the outside
        st.integers(0, 9),
        st.sampled_from(list(Place)),
    ),
    max_size=12,
)


@given(FLOWS, st.randoms(use_true_random=False))
def test_every_flow_clears_or_is_one_break_and_every_amount_is_somewhere(
    flows: list[tuple[str, int, bool, bool, bool, int, Place]], dice: object
) -> None:
    lines = []
    for number, (kind, amount, book, outside, twice, days, place) in enumerate(flows):
        side = Side.PROVIDER if place is Place.STRIPE else Side.BANK
        known = f"{kind}:{number}" if kind else ""
        minor = -amount if kind == "payout" else amount
        at = DAY - timedelta(days=days)
        if book:
            own = known or f"entry:{number}"
            lines.append(line(Side.BOOK, str(number), own, minor, place=place, on=at))
        lines += [
            line(side, f"{number}.{copy}", known, minor, place=place, on=at)
            for copy in range(outside + twice)
        ]
    shuffled = list(lines)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]

    found = reconcile(lines, {}, on=DAY)
    again = reconcile(shuffled, {}, on=DAY)

    assert [(each.key, each.difference) for each in found] == [
        (each.key, each.difference) for each in again
    ]
    assert len({each.key for each in found}) == len(found)
    assert all((each.verdict is Verdict.BREAK) == bool(each.difference) for each in found)
    told = Counter((part.side, part.id) for each in found for part in each.lines)
    assert told == Counter((each.side, each.id) for each in lines)
    for place in Place:
        here = [each for each in lines if each.place is place]
        whole = sum(-each.amount if each.side is Side.BOOK else each.amount for each in here)
        assert whole == sum(each.unexplained for each in found if each.key.place is place)
