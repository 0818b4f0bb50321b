import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import Currency, CurrencyMismatch, Money, Rate, Rounding
from servicing.waterfall import (
    PRESETS,
    Applied,
    Bucket,
    Component,
    Dues,
    NegativeAmount,
    Owed,
    RepeatedBucket,
    Timing,
    UnknownBucket,
    apply,
    format_order,
    parse_order,
    recover,
)

EVERY_BUCKET = [f"{timing}.{component}" for timing in Timing for component in Component]

minor = st.integers(0, 10**12)
orders = st.lists(st.sampled_from(EVERY_BUCKET), unique=True).map(parse_order)


def usd(amount: str) -> Money:
    return Money.parse(amount, Currency.USD)


def dues(penalty: str = "0", fee: str = "0", interest: str = "0", principal: str = "0") -> Dues:
    return Dues(usd(penalty), usd(fee), usd(interest), usd(principal))


def late_loan() -> Owed:
    return Owed(
        past_due=dues(penalty="15.00", interest="20.00", principal="80.00"),
        due=dues(fee="1.00", interest="18.00", principal="82.00"),
        in_advance=dues(principal="900.00"),
    )


def told(applied: Applied) -> list[str]:
    return [f"{bucket} {amount.decimal}" for bucket, amount in applied.parts]


random_dues = st.builds(
    lambda *amounts: Dues(*(Money(amount, Currency.USD) for amount in amounts)),
    minor,
    minor,
    minor,
    minor,
)
random_owed = st.builds(Owed, random_dues, random_dues, random_dues)


def test_a_short_payment_pays_the_oldest_debt_first() -> None:
    applied = apply(usd("50"), late_loan(), parse_order(PRESETS["oldest_first"]))

    assert told(applied) == [
        "past_due.penalty 15.00",
        "past_due.interest 20.00",
        "past_due.principal 15.00",
    ]
    assert applied.excess == usd("0")


def test_a_payment_that_reaches_several_times_is_told_by_component() -> None:
    applied = apply(usd("200"), late_loan(), parse_order(PRESETS["oldest_first"]))

    assert applied.penalty == usd("15")
    assert applied.fee == usd("1")
    assert applied.interest == usd("38")
    assert applied.principal == usd("146")


def test_what_nothing_can_take_is_excess() -> None:
    applied = apply(usd("1200"), late_loan(), parse_order(PRESETS["oldest_first"]))

    assert applied.excess == usd("84")


def test_a_bucket_that_the_order_leaves_out_is_not_paid() -> None:
    order = parse_order(["due.interest", "due.principal"])

    applied = apply(usd("500"), late_loan(), order)

    assert told(applied) == ["due.interest 18.00", "due.principal 82.00"]
    assert applied.excess == usd("400")


@pytest.mark.parametrize(
    ("preset", "first"),
    [
        ("oldest_first", ["past_due.penalty 15.00", "past_due.interest 15.00"]),
        ("principal_before_interest", ["past_due.penalty 15.00", "past_due.principal 15.00"]),
        ("early_money_to_principal", ["past_due.penalty 15.00", "past_due.interest 15.00"]),
        ("installments_before_penalties", ["past_due.interest 20.00", "past_due.principal 10.00"]),
        ("costs_interest_principal", ["due.fee 1.00", "past_due.penalty 15.00"]),
    ],
)
def test_each_preset_pays_in_its_own_order(preset: str, first: list[str]) -> None:
    applied = apply(usd("30"), late_loan(), parse_order(PRESETS[preset]))

    assert told(applied)[:2] == first


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_names_every_bucket_once(preset: str) -> None:
    assert sorted(format_order(parse_order(PRESETS[preset]))) == sorted(EVERY_BUCKET)


@pytest.mark.parametrize("text", ["past_due", "late.interest", "due.rent", "due.interest.x", ""])
def test_a_step_that_is_unknown_is_refused_with_the_words_that_are_known(text: str) -> None:
    with pytest.raises(UnknownBucket) as refusal:
        parse_order(["due.interest", text])

    assert f"“{text}”" in str(refusal.value)
    assert "past_due, due, in_advance" in str(refusal.value)
    assert "penalty, fee, interest, principal" in str(refusal.value)


def test_a_step_that_stands_twice_is_refused() -> None:
    with pytest.raises(RepeatedBucket, match=r"due\.interest twice"):
        parse_order(["due.interest", "due.principal", "due.interest"])


def test_a_bucket_is_written_as_it_is_read() -> None:
    assert str(Bucket.parse("in_advance.fee")) == "in_advance.fee"
    assert Bucket.parse("in_advance.fee") == Bucket(Timing.IN_ADVANCE, Component.FEE)


def test_negative_payments_and_debts_are_refused() -> None:
    with pytest.raises(NegativeAmount):
        apply(usd("-1"), late_loan(), ())
    with pytest.raises(NegativeAmount):
        dues(interest="-0.01")


def test_currencies_are_not_mixed() -> None:
    with pytest.raises(CurrencyMismatch):
        apply(Money(100, Currency.EUR), late_loan(), parse_order(EVERY_BUCKET))
    with pytest.raises(CurrencyMismatch):
        Dues(usd("0"), usd("0"), usd("0"), Money(1, Currency.EUR))


def test_the_collector_is_paid_before_the_note_holders_share_a_recovery() -> None:
    applied = recover(usd("100.03"), collection_fee=Rate.percent("18"), rounding=Rounding.HALF_EVEN)

    assert applied.collection_fee == usd("18.01")
    assert applied.recovery == usd("82.02")
    assert applied.principal == applied.excess == usd("0")


def test_a_negative_recovery_is_refused() -> None:
    with pytest.raises(NegativeAmount):
        recover(usd("-1"), collection_fee=Rate.percent("18"), rounding=Rounding.HALF_EVEN)


def test_nothing_owed_leaves_the_whole_payment_over() -> None:
    nothing = Dues.nothing(Currency.USD)

    applied = apply(usd("7"), Owed(nothing, nothing, nothing), parse_order(EVERY_BUCKET))

    assert applied.parts == ()
    assert applied.excess == usd("7")


@given(minor, random_owed, orders)
def test_parts_and_excess_add_up_and_nothing_is_overpaid(
    amount: int, owed: Owed, order: tuple[Bucket, ...]
) -> None:
    payment = Money(amount, Currency.USD)

    applied = apply(payment, owed, order)

    assert sum((part for _, part in applied.parts), applied.excess) == payment
    assert all(Money.zero(Currency.USD) < part <= owed.of(at) for at, part in applied.parts)


@given(minor, random_owed, orders)
def test_a_bucket_waits_until_those_before_it_are_full(
    amount: int, owed: Owed, order: tuple[Bucket, ...]
) -> None:
    applied = apply(Money(amount, Currency.USD), owed, order)

    paid = dict(applied.parts)
    open_buckets = [at for at in order if paid.get(at, usd("0")) < owed.of(at)]
    for bucket in open_buckets[:1]:
        later = order[order.index(bucket) + 1 :]
        assert applied.excess == usd("0")
        assert not any(after in paid for after in later)


@given(random_owed)
def test_a_full_order_pays_the_total_to_the_cent(owed: Owed) -> None:
    applied = apply(owed.total, owed, parse_order(PRESETS["oldest_first"]))

    assert applied.excess == usd("0")
    assert applied.interest == sum(
        (owed.of(Bucket(timing, Component.INTEREST)) for timing in Timing), usd("0")
    )
