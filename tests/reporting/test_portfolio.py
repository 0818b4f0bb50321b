from datetime import date

import pytest
from sqlalchemy.orm import Session

from kernel import Currency, NotFound
from origination import UnusableCursor
from reporting import NoteFilters, note_line, portfolio
from servicing import LoanStatus, RepaymentKind, close_loan
from tests.support.loans import BOB, CAROL, a_loan, noon, pays
from tests.support.plans import STARTED, usd

FEBRUARY = date(2026, 2, 15)


def test_a_line_tells_everything_of_a_note(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FEBRUARY)

    (line,) = portfolio(session, lender_id=BOB, on=FEBRUARY).items

    assert (line.loan_number, line.grade, line.installments) == (loan.number, "B", 12)
    assert (line.standing, line.days_past_due, line.next_due_on) == (
        "current",
        0,
        date(2026, 3, 15),
    )
    assert (line.principal, line.outstanding) == (usd("600.00"), usd("552.69"))
    assert (line.received_principal, line.received_interest) == (usd("47.31"), usd("6.00"))
    assert line.fees_paid == usd("0.53")


def test_a_late_loan_shows_since_when(session: Session) -> None:
    loan = a_loan(session)
    look = date(2026, 2, 20)
    close_loan(session, loan_id=loan.id, on=look, at=noon(look))

    (line,) = portfolio(session, lender_id=BOB, on=look).items

    assert (line.standing, line.days_past_due, line.next_due_on) == ("in_grace_period", 5, FEBRUARY)


def test_a_settled_loan_has_nothing_to_come(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "1212.00", FEBRUARY, kind=RepaymentKind.PAYOFF)

    (line,) = portfolio(session, lender_id=BOB, on=FEBRUARY).items

    assert (line.status, line.next_due_on, line.days_past_due) == (LoanStatus.SETTLED, None, 0)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
def test_pages_put_together_are_all_notes_the_newest_loan_first(
    session: Session, limit: int
) -> None:
    twice = [(BOB, "100.00"), (CAROL, "50.00"), (BOB, "200.00")]
    loans = [a_loan(session, lenders=twice) for _ in range(2)]
    a_loan(session, lenders=[(CAROL, "100.00")])

    seen, after = [], None
    while True:
        page = portfolio(session, lender_id=BOB, on=STARTED, limit=limit, after=after)
        seen += [(line.loan_number, line.id) for line in page.items]
        after = page.after
        if after is None:
            break

    assert sorted({number for number, _ in seen}) == [loan.number for loan in loans]
    assert len(seen) == len(set(seen)) == 4
    assert [number for number, _ in seen] == [loans[1].number] * 2 + [loans[0].number] * 2


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (NoteFilters(), 2),
        (NoteFilters(currency=Currency.USD, grades=("A", "B")), 2),
        (NoteFilters(currency=Currency.CNY), 0),
        (NoteFilters(grades=("C",)), 0),
        (NoteFilters(statuses=(LoanStatus.SETTLED,)), 1),
    ],
)
def test_filters_narrow_the_notes(session: Session, filters: NoteFilters, count: int) -> None:
    a_loan(session)
    pays(session, a_loan(session), "1212.00", FEBRUARY, kind=RepaymentKind.PAYOFF)

    page = portfolio(session, lender_id=BOB, on=FEBRUARY, filters=filters)

    assert len(page.items) == count


def test_a_cursor_that_nobody_gave_out_is_refused(session: Session) -> None:
    with pytest.raises(UnusableCursor):
        portfolio(session, lender_id=BOB, on=STARTED, after=f"{1 << 130}~{BOB}")


@pytest.mark.parametrize(
    ("standings", "numbers"),
    [
        (("current",), [1]),
        (("in_grace_period",), [0]),
        (("settled",), [2]),
        (("current", "settled"), [2, 1]),
        (("charged_off",), []),
        (("late_16_30", "in_grace_period"), [0]),
    ],
)
def test_notes_are_found_by_how_their_loans_stand(
    session: Session, standings: tuple[str, ...], numbers: list[int]
) -> None:
    loans = [a_loan(session) for _ in range(3)]
    look = date(2026, 2, 20)
    pays(session, loans[1], "106.62", FEBRUARY)
    pays(session, loans[2], "1212.00", FEBRUARY, kind=RepaymentKind.PAYOFF)
    close_loan(session, loan_id=loans[0].id, on=look, at=noon(look))

    page = portfolio(session, lender_id=BOB, on=look, filters=NoteFilters(standings=standings))

    assert [line.loan_number for line in page.items] == [loans[at].number for at in numbers]
    assert all(line.standing in standings for line in page.items)


def test_only_its_lender_finds_a_note(session: Session) -> None:
    a_loan(session)
    (line,) = portfolio(session, lender_id=BOB, on=STARTED).items

    assert note_line(session, note_id=line.id, lender_id=BOB, on=STARTED) == line
    with pytest.raises(NotFound):
        note_line(session, note_id=line.id, lender_id=CAROL, on=STARTED)
