"""Terms change while a loan lives: by two people, signed where it costs, and undone as if never."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from escrow import verify
from kernel import Money, Rate
from origination import NothingToSign, NotYours
from servicing import (
    BorrowerHasToAgree,
    ChangeKind,
    ChangeNotInForce,
    DueDateMoved,
    DueDateTooFar,
    Loan,
    LoanNotPayable,
    Proposal,
    RepaymentKind,
    SameHands,
    State,
    Wish,
    accept_change,
    ask_for_due_date,
    audit,
    changes_of,
    close_loan,
    confirm_proposal,
    propose_change,
    propose_withdrawal,
    reverse_repayment,
)
from servicing.agreeing import DayOutOfOrder, NothingLeftToChange, WishIncomplete
from servicing.errors import NothingToAccept
from servicing.queries import standing as stand
from servicing.queries import timetable
from tests.servicing.test_corrections import standing
from tests.support.loans import ALICE, BOB, OSCAR, USD, a_loan, noon, pays
from tests.support.plans import STARTED, usd

OLGA = "operator:olga"
FIRST_DUE, SECOND_DUE = date(2026, 2, 15), date(2026, 3, 15)
ON = date(2026, 2, 20)


def proved(session: Session) -> bool:
    return not (audit(session).findings + verify(session).findings)


def proposed(session: Session, loan: Loan, kind: ChangeKind, **wishes: Any) -> Proposal:
    wish = Wish(kind, **{"on": ON} | wishes)
    return propose_change(
        session, loan_id=loan.id, wish=wish, by=OLGA, at=noon(ON), why="lost the job"
    )


def signed(session: Session, proposal: Proposal) -> Proposal:
    return accept_change(
        session,
        proposal_id=proposal.id,
        borrower_id=ALICE,
        signer="Alice Example",
        document="What was agreed anew.",
        language="en",
        at=noon(ON),
    )


def made(session: Session, loan: Loan, kind: ChangeKind, **wishes: Any) -> Proposal:
    """Propose a change, let alice sign it if she has to, and confirm it."""
    proposal = proposed(session, loan, kind, **wishes)
    if proposal.details is not None and proposal.details["costs"]:
        signed(session, proposal)
    return confirmed(session, proposal)


def confirmed(session: Session, proposal: Proposal, *, on: date = ON) -> Proposal:
    return confirm_proposal(session, proposal_id=proposal.id, by=OSCAR, on=on, at=noon(on))


def withdrawn(session: Session, proposal: Proposal, *, on: date = ON) -> Proposal:
    wish = propose_withdrawal(
        session, proposal_id=proposal.id, by=OLGA, on=on, at=noon(on), why="entered in error"
    )
    return confirmed(session, wish, on=on)


def rows(loan: Loan, *, on: date = ON) -> list[tuple[date, Money]]:
    return [(row.due_on, row.amount) for row in stand(loan, on=on).upcoming]


def interest(loan: Loan, *, on: date = ON) -> Money:
    return sum((row.interest for row in stand(loan, on=on).upcoming), usd("0"))


def test_a_moved_due_date_keeps_the_installment_and_costs_the_interest_of_its_days(
    session: Session,
) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)
    before = interest(loan)

    made(session, loan, ChangeKind.DUE_DATE, first_due=date(2026, 3, 25))

    coming = rows(loan)
    assert [day for day, _ in coming[:2]] == [date(2026, 3, 25), date(2026, 4, 25)]
    assert {amount for _, amount in coming[:-1]} == {usd("106.62")}
    assert len(coming) == 11
    assert interest(loan) > before
    assert proved(session)


def test_extra_installments_lower_each_of_them(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)

    made(session, loan, ChangeKind.RESCHEDULE, extra=6)

    coming = rows(loan)
    assert len(coming) == 17
    assert coming[0][0] == SECOND_DUE
    assert coming[0][1] < usd("72.00")
    pays(session, loan, coming[0][1], SECOND_DUE)
    assert len(timetable(session, loan_id=loan.id, on=SECOND_DUE)) == 18
    assert proved(session)


def test_a_lower_rate_costs_less_and_needs_no_signature(session: Session) -> None:
    loan = a_loan(session)
    before = interest(loan)

    confirmed(session, proposed(session, loan, ChangeKind.RESCHEDULE, rate=Rate.percent(6)))

    assert interest(loan) < before
    assert proved(session)


def test_a_hardship_plan_asks_for_interest_only_for_a_while(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)

    made(session, loan, ChangeKind.HARDSHIP, principal_grace=3, extra=3)

    upcoming = stand(loan, on=ON).upcoming
    assert [row.principal.minor > 0 for row in upcoming[:4]] == [False, False, False, True]
    assert len(upcoming) == 14
    assert proved(session)


def test_re_aged_arrears_are_late_no_more_and_come_with_new_installments(session: Session) -> None:
    loan = a_loan(session)
    on = date(2026, 4, 20)
    close_loan(session, loan_id=loan.id, on=on, at=noon(on))
    assert stand(loan, on=on).days_past_due == 64

    made(session, loan, ChangeKind.RE_AGE, on=on, first_due=date(2026, 5, 1), installments=6)

    now = stand(loan, on=on)
    assert now.days_past_due == 0
    assert [row.due_on for row in now.upcoming if row.principal.minor][:2] == [
        date(2026, 5, 1),
        date(2026, 6, 1),
    ]
    assert sum((row.principal for row in now.upcoming), usd("0")) == usd("1200.00")
    assert proved(session)


def test_re_amortized_arrears_join_the_installments_to_come(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "20.00", SECOND_DUE)
    on = date(2026, 3, 20)

    made(session, loan, ChangeKind.RE_AMORTIZE, on=on)

    now = stand(loan, on=on)
    assert now.days_past_due == 0
    assert sum((row.principal for row in now.upcoming), usd("0")) == loan.outstanding
    assert len([row for row in now.upcoming if row.principal.minor]) == 10
    assert proved(session)


def test_no_interest_runs_while_it_is_paused_both_days_included(session: Session) -> None:
    loan = a_loan(session)
    before = interest(loan, on=STARTED)

    made(
        session,
        loan,
        ChangeKind.INTEREST_PAUSE,
        on=date(2026, 2, 15),
        until=date(2026, 3, 14),
    )

    saved = before - interest(loan, on=STARTED)
    assert usd("11.00") < saved < usd("13.00")
    assert rows(loan)[1][1] == usd("106.62")
    assert proved(session)


def test_paused_days_do_not_count_as_late_until_the_count_resumes(session: Session) -> None:
    loan = a_loan(session)
    pause = made(session, loan, ChangeKind.COUNT_PAUSE, on=ON, until=date(2026, 6, 20))
    day = date(2026, 3, 10)
    assert stand(loan, on=day).days_past_due == 5

    withdrawn(session, pause, on=day)

    assert stand(loan, on=date(2026, 3, 20)).days_past_due == 15
    assert proved(session)


def test_a_change_that_costs_more_waits_for_the_borrower(session: Session) -> None:
    loan = a_loan(session)
    proposal = proposed(session, loan, ChangeKind.RESCHEDULE, extra=12)

    with pytest.raises(BorrowerHasToAgree):
        confirmed(session, proposal)
    session.refresh(proposal)


def test_only_the_borrower_signs_and_only_once(session: Session) -> None:
    loan = a_loan(session)
    proposal = proposed(session, loan, ChangeKind.RESCHEDULE, extra=12)
    sign: dict[str, Any] = {
        "proposal_id": proposal.id,
        "document": "x",
        "language": "en",
        "at": noon(ON),
    }

    with pytest.raises(NotYours):
        accept_change(session, borrower_id=BOB, signer="Bob", **sign)
    with pytest.raises(NothingToSign):
        accept_change(session, borrower_id=ALICE, signer=" ", **sign)
    signed(session, proposal)
    with pytest.raises(NothingToAccept):
        signed(session, proposal)
    with pytest.raises(SameHands):
        confirm_proposal(session, proposal_id=proposal.id, by=OLGA, on=ON, at=noon(ON))

    (told,) = changes_of(session, loan=loan)
    assert (told.is_accepted, told.is_in_force) == (True, False)


def test_a_borrower_moves_the_due_date_once_and_not_far(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)

    def ask(day: date) -> Proposal:
        return ask_for_due_date(
            session,
            loan_id=loan.id,
            borrower_id=ALICE,
            first_due=day,
            signer="Alice Example",
            document="What was agreed anew.",
            language="en",
            on=ON,
            at=noon(ON),
        )

    with pytest.raises(DueDateTooFar):
        ask(SECOND_DUE + timedelta(days=16))
    confirmed(session, ask(SECOND_DUE + timedelta(days=15)))
    with pytest.raises(DueDateMoved):
        ask(SECOND_DUE)

    assert rows(loan)[0][0] == date(2026, 3, 30)


def test_what_is_wished_must_be_said_and_make_sense(session: Session) -> None:
    loan = a_loan(session)

    with pytest.raises(WishIncomplete):
        proposed(session, loan, ChangeKind.RE_AGE, first_due=SECOND_DUE)
    with pytest.raises(DayOutOfOrder):
        proposed(session, loan, ChangeKind.DUE_DATE, first_due=ON)
    late = date(2027, 3, 1)
    with pytest.raises(NothingLeftToChange):
        proposed(session, loan, ChangeKind.RE_AMORTIZE, on=late)


def test_nothing_changes_on_a_loan_that_is_over(session: Session) -> None:
    loan = a_loan(session)
    proposal = proposed(session, loan, ChangeKind.RESCHEDULE, rate=Rate.percent(6))
    pays(session, loan, "2000.00", ON, kind=RepaymentKind.PAYOFF)

    with pytest.raises(LoanNotPayable):
        confirmed(session, proposal)
    with pytest.raises(LoanNotPayable):
        proposed(session, loan, ChangeKind.RESCHEDULE, extra=1)


def test_a_change_is_withdrawn_once(session: Session) -> None:
    loan = a_loan(session)
    change = made(session, loan, ChangeKind.RESCHEDULE, extra=3)
    withdrawn(session, change)

    with pytest.raises(ChangeNotInForce):
        withdrawn(session, change)
    (told,) = changes_of(session, loan=loan)
    assert not told.is_in_force


def test_a_payment_of_a_day_before_the_change_is_counted_through_it(session: Session) -> None:
    first, second = a_loan(session), a_loan(session)
    pays(session, first, "106.62", FIRST_DUE)
    for loan in (first, second):
        made(session, loan, ChangeKind.DUE_DATE, first_due=date(2026, 3, 25))
        pays(session, loan, "106.62", date(2026, 3, 25))

    pays(session, second, "106.62", FIRST_DUE)

    session.flush()
    assert State.from_json(second.state) == State.from_json(first.state)
    assert proved(session)


WISHES: dict[ChangeKind, dict[str, Any]] = {
    ChangeKind.DUE_DATE: {"first_due": date(2026, 4, 1)},
    ChangeKind.RESCHEDULE: {"extra": 4, "rate": Rate.percent(9)},
    ChangeKind.HARDSHIP: {"principal_grace": 2, "interest_grace": 1, "extra": 2},
    ChangeKind.RE_AGE: {"first_due": date(2026, 4, 10), "installments": 9},
    ChangeKind.RE_AMORTIZE: {},
    ChangeKind.INTEREST_PAUSE: {"until": date(2026, 3, 31)},
    ChangeKind.COUNT_PAUSE: {"until": date(2026, 3, 31)},
}


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(ChangeKind),
    offset=st.integers(-20, 10),
    amounts=st.lists(st.integers(1, 20000), min_size=3, max_size=3),
    back=st.integers(0, 2),
)
def test_a_change_and_its_withdrawal_leave_everything_as_before(
    session: Session, kind: ChangeKind, offset: int, amounts: list[int], back: int
) -> None:
    loan = a_loan(session)
    days = (date(2026, 2, 10), date(2026, 3, 5), date(2026, 3, 20))
    paid = [
        pays(session, loan, Money(amount, USD), day)
        for amount, day in zip(amounts, days, strict=True)
    ]
    before, coming = standing(session, loan), stand(loan, on=date(2026, 4, 1))
    on = date(2026, 3, 8) + timedelta(days=offset)
    today = date(2026, 3, 21)
    wish = WISHES[kind]
    proposal = propose_change(
        session,
        loan_id=loan.id,
        wish=Wish(kind, **{"on": on} | wish),
        by=OLGA,
        at=noon(today),
        why="lost the job",
    )
    assert proposal.details is not None
    if proposal.details["costs"]:
        signed(session, proposal)

    confirmed(session, proposal, on=today)
    assert proved(session)
    reverse_repayment(
        session, repayment_id=paid[back].id, key="back", on=today, at=noon(today), why="no cover"
    )
    pays(session, loan, Money(amounts[back], USD), days[back], key="again")
    assert proved(session)
    change = propose_withdrawal(
        session, proposal_id=proposal.id, by=OLGA, on=on, at=noon(today), why="in error"
    )
    confirmed(session, change, on=on)

    after = standing(session, loan)
    assert {name: after[name] for name in after if name not in ("state", "next")} == {
        name: before[name] for name in before if name not in ("state", "next")
    }
    assert stand(loan, on=date(2026, 4, 1)) == coming
    assert proved(session)
