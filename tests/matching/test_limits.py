from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from kernel import Currency, NotFound
from matching import (
    AtWork,
    Batch,
    Criteria,
    MandateStatus,
    Manual,
    Mix,
    Part,
    TooFewCriteria,
    UnusableMandate,
    Wishes,
    declare_standing,
    end_mandate,
    end_overdue_mandates,
    mandates_of,
    orders_of,
    reorder_mandate,
    run_batch,
    snapshot,
    update_mandate,
)
from origination import relate
from tests.matching.stories import (
    ALICE,
    BOB,
    CAROL,
    LATER,
    a_listing,
    cash,
    deposit,
    dollars,
    mandate,
    order,
)

DAY = timedelta(days=1)
ADAM, ANNA = UUID(int=0xADA), UUID(int=0xA11A)


def a_batch(session: Session, **how: Any) -> Batch:
    defaults: dict[str, Any] = {"at": LATER, "seed": "1"}
    return run_batch(session, **defaults | how)


def placed(session: Session) -> list[str]:
    return sorted(str(line.amount) for line in orders_of(session, lender_id=BOB))


def capped(**shares: int) -> Wishes:
    return Wishes(mix=Mix(caps={"grade": shares}))


def test_a_share_of_the_account_is_not_exceeded(session: Session) -> None:
    grade = a_listing(session).grade
    a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB, wishes=capped(**{grade: 1_500}))

    batch = a_batch(session)

    assert 0 < batch.reserved_minor <= 150_00


def test_what_is_outstanding_counts_and_what_was_repaid_does_not(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB, wishes=capped(**{listing.grade: 5_000}))
    part = Part(BOB, CAROL, listing.grade, listing.purpose, listing.region, 960_00)

    none = a_batch(session, at_work=AtWork(parts=[part]))
    some = a_batch(session, at_work=AtWork(parts=[]))

    assert (none.reserved_minor, some.reserved_minor) == (0, 100_00)
    assert mandates_of(session, lender_id=BOB)[0].idle_why is None


def test_a_cap_per_borrower_holds_over_all_of_its_listings(session: Session) -> None:
    a_listing(session)
    a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB, wishes=Wishes(borrower_cap=dollars("150.00")))

    batch = a_batch(session)

    assert 0 < batch.reserved_minor <= 150_00


def test_a_cap_per_group_holds_over_borrowers_who_belong_together(session: Session) -> None:
    ours, theirs = a_listing(session), a_listing(session)
    theirs.borrower_id = ADAM
    why: dict[str, Any] = {"why": "one household", "by": "operator:olga", "at": LATER}
    relate(session, borrower_id=ours.borrower_id, other_id=ADAM, **why)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB, wishes=Wishes(group_cap=dollars("150.00")))
    lent = Part(BOB, ANNA, "A", "car", "CA", 50_00)
    relate(session, borrower_id=ANNA, other_id=ADAM, **why)

    batch = a_batch(session, at_work=AtWork(parts=[lent]))

    assert 0 < batch.reserved_minor <= 100_00


def test_alone_a_borrower_is_a_group_of_one(session: Session) -> None:
    for borrower in (ALICE, ADAM):
        a_listing(session).borrower_id = borrower
    deposit(session, BOB, "1000.00")
    mandate(session, BOB, wishes=Wishes(group_cap=dollars("75.00")))

    assert a_batch(session).reserved_minor == 150_00


def test_what_is_not_reinvested_stays(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "100.00")
    bobs = mandate(session, BOB, wishes=Wishes(reinvests_interest=False))

    a_batch(session, at_work=AtWork(returned={bobs.id: (20_00, 60_00)}))

    assert cash(session, BOB) == dollars("75.00")


def test_principal_that_is_not_reinvested_stays_too(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "100.00")
    bobs = mandate(session, BOB, wishes=Wishes(reinvests_principal=False))

    a_batch(session, at_work=AtWork(returned={bobs.id: (60_00, 20_00)}))

    assert cash(session, BOB) == dollars("75.00")


def declare(session: Session, pack: str, **how: Any) -> None:
    defaults: dict[str, Any] = {"tested_on": LATER.date(), "net_assets": None, "at": LATER}
    declare_standing(session, lender_id=BOB, pack_code=pack, **defaults | how)


def test_a_lender_without_its_test_is_told_so(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB)
    declare(session, "uk-fca", tested_on=None)

    batch = a_batch(session)

    assert batch.orders == 0
    assert mandates_of(session, lender_id=BOB)[0].idle_why == "untested"


def test_the_legal_limit_is_one_for_all_mandates_of_a_lender(session: Session) -> None:
    a_listing(session)
    a_listing(session)
    deposit(session, BOB, "1000.00")
    for name in ("one", "two"):
        mandate(session, BOB, name=name, cap=dollars("75.00"))
    declare(session, "uk-fca", net_assets=dollars("1000.00"))

    first, second = a_batch(session), a_batch(session)

    assert (first.reserved_minor, second.reserved_minor) == (100_00, 0)
    reasons = {line.idle_why for line in mandates_of(session, lender_id=BOB)}
    assert reasons == {"legal_limit"}


def test_without_consent_mandates_place_no_more_than_the_law_advises(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB, cap=dollars("500.00"), criteria=Criteria(score_min=1, grades=("A", "B")))
    declare(session, "eu-ecspr", net_assets=dollars("1000.00"))

    assert a_batch(session).reserved_minor <= 50_00


def test_a_rule_pack_may_ask_for_two_criteria(session: Session) -> None:
    declare(session, "eu-ecspr")

    with pytest.raises(TooFewCriteria, match="at least 2 criteria"):
        mandate(session, BOB, criteria=Criteria(score_min=500))
    mandate(session, BOB, criteria=Criteria(score_min=500, installments_max=36))
    mandate(session, CAROL)


@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(mix=Mix(caps={"grade": {"A": -1}})),
        Wishes(borrower_cap=dollars("0.00")),
        Wishes(group_cap=dollars("0.00")),
    ],
)
def test_wishes_that_make_no_sense_are_refused(session: Session, wishes: Wishes) -> None:
    with pytest.raises(UnusableMandate):
        mandate(session, BOB, wishes=wishes)


def test_a_mandate_ends_after_its_last_day(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    bobs = mandate(session, BOB, wishes=Wishes(ends_on=LATER.date()))

    assert end_overdue_mandates(session, at=LATER) == 0
    assert a_batch(session, at=LATER + DAY).mandates == 0
    assert end_overdue_mandates(session, at=LATER + DAY) == 1
    assert bobs.status == MandateStatus.ENDED


def test_a_lender_puts_its_mandates_into_its_own_order(session: Session) -> None:
    names = ["first", "second", "third"]
    mine = {name: mandate(session, BOB, name=name) for name in names}
    gone = mandate(session, BOB, name="gone")
    end_mandate(session, mandate_id=gone.id, lender_id=BOB, at=LATER)

    def move(name: str, *, earlier: bool) -> list[str]:
        reorder_mandate(session, mandate_id=mine[name].id, lender_id=BOB, earlier=earlier)
        return [line.name for line in mandates_of(session, lender_id=BOB)][:3]

    assert move("third", earlier=True) == ["first", "third", "second"]
    assert move("first", earlier=False) == ["third", "first", "second"]
    assert move("third", earlier=True) == ["third", "first", "second"]
    assert move("second", earlier=False) == ["third", "first", "second"]
    with pytest.raises(NotFound):
        reorder_mandate(session, mandate_id=gone.id, lender_id=BOB, earlier=True)


def test_the_first_mandate_in_the_lenders_order_buys_first(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB, name="old", cap=dollars("50.00"))
    new = mandate(session, BOB, name="new", cap=dollars("75.00"), at=LATER)
    reorder_mandate(session, mandate_id=new.id, lender_id=BOB, earlier=True)

    a_batch(session)

    assert [line.mandate for line in orders_of(session, lender_id=BOB)] == ["new"]


def test_a_change_keeps_the_wishes_unless_it_names_others(session: Session) -> None:
    wishes = Wishes(borrower_cap=dollars("75.00"), ends_on=LATER.date(), reinvests_interest=False)
    bobs = mandate(session, BOB, wishes=wishes)
    how: dict[str, Any] = {
        "mandate_id": bobs.id,
        "lender_id": BOB,
        "name": "changed",
        "cap": dollars("50.00"),
        "keep": dollars("0.00"),
        "total": None,
        "criteria": Criteria(),
    }

    update_mandate(session, **how)
    kept = mandates_of(session, lender_id=BOB)[0]
    update_mandate(session, wishes=Wishes(), **how)
    reset = mandates_of(session, lender_id=BOB)[0]

    assert (kept.borrower_cap, kept.ends_on) == (dollars("75.00"), LATER.date())
    assert (kept.reinvests_principal, kept.reinvests_interest) == (True, False)
    assert (reset.borrower_cap, reset.ends_on, reset.reinvests_interest) == (None, None, True)


def test_a_part_of_every_listing_is_kept_for_orders_by_hand_for_a_while(session: Session) -> None:
    listing = a_listing(session, "1000.00")
    deposit(session, CAROL, "100.00")
    order(session, listing, CAROL, "50.00")
    manual = Manual(share=2_000, seconds=7_200)
    kept = [
        snapshot(session, currency=Currency.USD, at=at, manual=manual).market.listings.manual[0]
        for at in (LATER, LATER + timedelta(hours=2))
    ]

    assert kept == [150_00, 0]


def test_what_is_kept_for_hands_is_not_taken_by_mandates(session: Session) -> None:
    a_listing(session, "1000.00")
    deposit(session, BOB, "1000.00")
    deposit(session, ALICE, "1.00")
    mandate(session, BOB, cap=dollars("1000.00"))

    batch = a_batch(session, manual=Manual(share=2_000, seconds=7_200))

    assert batch.reserved_minor <= 800_00
