from datetime import UTC, date, datetime

import pytest

from kernel import Currency, Money, Rate
from matching import Pack, UnknownPack, packs
from matching.packs import pack
from tests.origination.stories import dollars

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def euros(amount: str) -> Money:
    return Money.parse(amount, Currency.EUR)


def test_nobody_is_bound_by_rules_that_were_not_asked_for() -> None:
    none = pack("none")

    assert none == Pack()
    assert none.is_tested(None, on=NOON.date())
    assert none.headroom(None, dollars("5.00")) is None
    assert none.consent_limit(None, Currency.USD) is None
    assert none.revocable_until(NOON) is None


def test_a_pack_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnknownPack, match="none, uk-fca, eu-ecspr"):
        pack("mars")


def test_four_calendar_days_end_with_the_fourth_day() -> None:
    assert packs()["eu-ecspr"].revocable_until(NOON) == datetime(2026, 3, 7, tzinfo=UTC)


def test_a_test_is_passed_again_where_the_pack_asks_for_it() -> None:
    once, again = packs()["uk-fca"], packs()["eu-ecspr"]
    long_ago = date(2020, 1, 1)

    assert once.is_tested(long_ago, on=NOON.date())
    assert not again.is_tested(long_ago, on=NOON.date())
    assert not once.is_tested(None, on=NOON.date())


def test_a_restricted_investor_places_a_tenth_of_what_it_declared() -> None:
    uk = packs()["uk-fca"]

    assert uk.headroom(dollars("10000.00"), dollars("400.00")) == dollars("600.00")
    assert uk.headroom(dollars("10000.00"), dollars("1400.00")) == dollars("0.00")
    assert uk.headroom(None, dollars("0.00")) == dollars("0.00")
    assert uk.headroom(euros("10000.00"), dollars("0.00")) == dollars("0.00")


def test_consent_is_asked_for_above_the_greater_of_a_sum_and_a_share() -> None:
    eu = packs()["eu-ecspr"]

    assert eu.consent_share == Rate.percent("5")
    assert eu.consent_limit(None, Currency.EUR) == euros("1000.00")
    assert eu.consent_limit(euros("100000.00"), Currency.EUR) == euros("5000.00")
    assert eu.consent_limit(euros("100.00"), Currency.EUR) == euros("1000.00")
    assert eu.consent_limit(None, Currency.USD) == dollars("0.00")
