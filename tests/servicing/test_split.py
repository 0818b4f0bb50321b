from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import Currency, Money, Rate, Rounding
from origination import ServicingBase
from servicing.apportion import Column
from servicing.split import NoteBook, ServicingFee, Shares, UnusableServicingFee, share
from servicing.waterfall import Applied, Bucket, Dues, Owed, apply, parse_order, recover

ON_PAYMENTS = ServicingFee(Rate.percent("1"), ServicingBase.PAYMENTS)
ON_INTEREST = ServicingFee(Rate.percent("10"), ServicingBase.INTEREST)
FREE = ServicingFee(Rate.percent("0"), ServicingBase.PAYMENTS)

rates = st.integers(0, 10**8).map(Rate.from_e8)
fees = st.builds(ServicingFee, rates, st.sampled_from(ServicingBase))
columns = st.lists(st.integers(1, 10**7), min_size=1, max_size=40)
components = st.tuples(*(st.one_of(st.integers(0, 3), st.integers(0, 10**6)) for _ in range(4)))


def notes_of(*principal: int) -> NoteBook:
    return NoteBook.opened(np.array(principal, dtype=np.int64))


def paid(principal: int = 0, interest: int = 0, penalty: int = 0, recovery: int = 0) -> Applied:
    parts = {"due.principal": principal, "due.interest": interest, "past_due.penalty": penalty}
    return Applied(
        tuple((Bucket.parse(text), usd(minor)) for text, minor in parts.items()),
        excess=usd(0),
        recovery=usd(recovery),
        collection_fee=usd(0),
    )


def usd(minor: int) -> Money:
    return Money(minor, Currency.USD)


def test_a_payment_is_shared_component_by_component() -> None:
    notes = notes_of(50_00, 25_00, 25_00)

    shares = share(paid(principal=10_01, interest=3_03), notes, fee=FREE)

    assert shares.principal.tolist() == [5_01, 2_50, 2_50]
    assert shares.interest.tolist() == [1_52, 76, 75]
    assert shares.net.tolist() == shares.gross.tolist() == [6_53, 3_26, 3_25]


def test_what_the_waterfall_leaves_to_others_reaches_no_note() -> None:
    nothing = Dues.nothing(Currency.USD)
    owed = Owed(nothing, Dues(usd(15_00), usd(1_00), usd(20_00), usd(80_00)), nothing)
    order = parse_order(["due.penalty", "due.fee", "due.interest", "due.principal"])

    shares = share(apply(usd(200_00), owed, order), notes_of(100_00, 60_00), fee=FREE)

    assert int(shares.late_fee.sum()) == 15_00
    assert int(shares.gross.sum()) == 115_00


def test_the_product_may_leave_late_fees_to_the_platform() -> None:
    shares = share(paid(interest=10, penalty=15), notes_of(1, 1), fee=FREE, late_fee_to_notes=False)

    assert shares.late_fee.tolist() == [0, 0]
    assert shares.interest.tolist() == [5, 5]


def test_a_recovery_is_shared_after_the_collector_is_paid_and_bears_no_other_fee() -> None:
    applied = recover(usd(100_00), collection_fee=Rate.percent("30"), rounding=Rounding.HALF_UP)

    shares = share(applied, notes_of(60_00, 40_00), fee=ON_PAYMENTS)

    assert shares.recovery.tolist() == [42_00, 28_00]
    assert shares.fee.tolist() == [0, 0]


def test_the_fee_on_payments_is_rounded_down_for_each_note() -> None:
    shares = share(paid(150_00, 49_98, 2_00), notes_of(300_00, 100_00), fee=ON_PAYMENTS)

    assert shares.gross.tolist() == [151_49, 50_49]
    assert shares.fee.tolist() == [1_51, 50]
    assert shares.net.tolist() == [149_98, 49_99]


def test_the_fee_on_interest_leaves_principal_alone() -> None:
    shares = share(paid(150_00, 50_05, 2_00), notes_of(300_00, 100_00), fee=ON_INTEREST)

    assert shares.interest.tolist() == [37_54, 12_51]
    assert shares.fee.tolist() == [3_75, 1_25]


def test_the_book_remembers_every_component_and_the_fee() -> None:
    notes = notes_of(1_000_00)

    for _ in range(2):
        notes = notes.after(share(paid(100_00, 20_00, 3_00, 4_00), notes, fee=ON_PAYMENTS))

    assert as_lists(notes) == [[2_46], [200_00], [40_00], [6_00], [8_00]]


def test_fractions_of_a_cent_are_carried_until_they_make_a_cent() -> None:
    notes, fees_of_one_note = notes_of(100_00, 100_00), []

    for _ in range(10):
        shares = share(paid(interest=60), notes, fee=ON_PAYMENTS)
        notes = notes.after(shares)
        fees_of_one_note.append(int(shares.fee[0]))

    assert fees_of_one_note == [0, 0, 0, 1, 0, 0, 1, 0, 0, 1]
    assert notes.fee_paid.tolist() == [3, 3]


def test_a_fee_charged_too_early_is_never_paid_out_but_carried() -> None:
    notes, paid_back = live_and_return([60, 60, 10], returned=0)

    shares = [share(paid(interest=5), notes, fee=ON_PAYMENTS)]
    notes = notes.after(shares[-1])
    shares.append(share(paid(interest=125), notes, fee=ON_PAYMENTS))

    assert paid_back.fee.tolist() == [0]  # 1 is paid, on 70
    assert [int(part.fee[0]) for part in shares] == [0, 1]  # 2 are due on 200


def test_a_fee_that_was_given_back_is_taken_from_its_own_base_alone() -> None:
    on_interest = ServicingFee(Rate.percent("1"), ServicingBase.INTEREST)
    notes, paid_back = live_and_return([150, 40, 20, 10], returned=2)

    of_principal = share(paid(principal=100), notes, fee=on_interest)
    of_interest = share(paid(interest=1), notes, fee=on_interest)

    assert paid_back.fee.tolist() == [1]  # 1 is paid, 2 are due on 200
    assert of_principal.fee.tolist() == [0]
    assert of_interest.fee.tolist() == [1]


def test_a_fee_that_was_given_back_takes_no_more_than_the_note_receives() -> None:
    everything = ServicingFee(Rate.percent("100"), ServicingBase.PAYMENTS)
    notes = notes_of(1_000)
    notes = replace(notes, received_interest=notes.received_interest + 30)

    assert share(paid(interest=20), notes, fee=everything).fee.tolist() == [20]


def test_a_fee_on_very_large_receipts_is_exact() -> None:
    fee = ServicingFee(Rate.from_e8(1_234_567), ServicingBase.PAYMENTS)

    shares = share(paid(interest=10**17 + 81), notes_of(1), fee=fee)

    assert shares.fee.tolist() == [1_234_567 * (10**17 + 81) // 10**8]


def test_more_principal_than_is_outstanding_is_refused() -> None:
    notes = notes_of(60, 40)
    notes = notes.after(share(paid(principal=30), notes, fee=FREE))

    with pytest.raises(ValueError, match="more principal repaid"):
        share(paid(principal=71), notes, fee=FREE)


@pytest.mark.parametrize("rate", ["-0.01", "1.01"])
def test_a_fee_outside_nothing_and_all_is_refused(rate: str) -> None:
    with pytest.raises(UnusableServicingFee, match="between 0% and 100%"):
        ServicingFee(Rate(Decimal(rate)), ServicingBase.PAYMENTS)


@settings(deadline=None)
@given(columns, st.lists(components, max_size=12), fees)
def test_every_component_is_paid_out_whole_and_no_note_pays_more_than_it_gets(
    principal: list[int], payments: list[tuple[int, int, int, int]], fee: ServicingFee
) -> None:
    notes = notes_of(*principal)

    for payment in payments:
        applied = paid(min(payment[0], outstanding(notes)), *payment[1:])
        shares = share(applied, notes, fee=fee)
        notes = notes.after(shares)
        assert totals(shares) == (
            applied.principal.minor,
            applied.interest.minor,
            applied.penalty.minor,
            applied.recovery.minor,
        )
        assert shares.fee.min() >= 0
        assert shares.net.min() >= 0
        assert is_inside(notes)
        assert notes.fee_paid.tolist() == fees_due(notes, fee)


@settings(deadline=None)
@given(columns, st.lists(components, min_size=1, max_size=8), fees)
def test_a_reversal_of_the_last_payment_gives_back_every_cent(
    principal: list[int], payments: list[tuple[int, int, int, int]], fee: ServicingFee
) -> None:
    notes = notes_of(*principal)
    books = [notes]

    for payment in payments:
        applied = paid(min(payment[0], outstanding(notes)), *payment[1:])
        shares = share(applied, notes, fee=fee)
        notes = notes.after(shares)
        books.append(notes)
    back = notes.after(shares.negated())

    assert as_lists(back) == as_lists(books[-2])
    assert as_lists(back.after(shares)) == as_lists(notes)


@settings(deadline=None)
@given(columns, st.lists(components, min_size=3, max_size=8), fees, st.integers(0, 1))
def test_what_an_earlier_reversal_leaves_of_fees_is_settled_from_later_receipts(
    principal: list[int],
    payments: list[tuple[int, int, int, int]],
    fee: ServicingFee,
    returned: int,
) -> None:
    notes, history = notes_of(*principal), []
    for payment in payments:
        applied = paid(min(payment[0], outstanding(notes)), *payment[1:])
        history.append(share(applied, notes, fee=fee))
        notes = notes.after(history[-1])

    notes = notes.after(history[returned].negated())
    off = notes.fee_paid - np.array(fees_due(notes, fee))
    shares = share(paid(interest=100 * sum(principal)), notes, fee=fee)

    assert np.abs(off).max() <= 1
    assert (shares.fee >= 0).all()
    assert (shares.fee <= shares.interest).all()
    settled = notes.after(shares)
    behind = np.array(fees_due(settled, fee)) - settled.fee_paid
    assert (behind[shares.fee < shares.interest] <= 0).all()
    assert (behind[shares.fee > 0] >= 0).all()


def live_and_return(interest: list[int], *, returned: int) -> tuple[NoteBook, Shares]:
    """Pay interest to one note, then return one of the payments, which is told too."""
    notes, history = notes_of(1_000), []
    for amount in interest:
        history.append(share(paid(interest=amount), notes, fee=ON_PAYMENTS))
        notes = notes.after(history[-1])
    return notes.after(history[returned].negated()), history[returned]


def is_inside(notes: NoteBook) -> bool:
    """Tell whether every note has its entitlement of every component, within a unit."""
    whole = int(notes.principal.sum())
    return all(
        abs(has * whole - sum(received) * weight) < whole
        for received in as_lists(notes)[1:]
        for has, weight in zip(received, notes.principal.tolist(), strict=True)
    )


def outstanding(notes: NoteBook) -> int:
    return int((notes.principal - notes.received_principal).sum())


def totals(shares: Shares) -> tuple[int, ...]:
    parts = (shares.principal, shares.interest, shares.late_fee, shares.recovery)
    return tuple(int(part.sum()) for part in parts)


def fees_due(notes: NoteBook, fee: ServicingFee) -> list[int]:
    base: Column = notes.received_interest
    if fee.base is ServicingBase.PAYMENTS:
        base = base + notes.received_principal + notes.received_late_fee
    return [int(fee.rate.value * int(gross)) for gross in base]


def as_lists(notes: NoteBook) -> list[list[int]]:
    names = ("principal", "interest", "late_fee", "recovery")
    return [notes.fee_paid.tolist()] + [
        getattr(notes, f"received_{name}").tolist() for name in names
    ]
