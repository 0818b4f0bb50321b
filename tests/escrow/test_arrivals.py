from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import escrow
from escrow import Movement, Posting
from tests.escrow.stories import AT, BOB, CAROL, STRIPE, cash_of, dollars, opened, reserve


def test_what_an_account_holds_arrived_first_in_first_out(session: Session) -> None:
    for day, amount in enumerate(("100.00", "50.00", "25.00")):
        posting = Posting(Movement.DEPOSIT, STRIPE, cash_of(BOB), dollars(amount))
        at = AT + timedelta(days=day)
        escrow.post(session, key=f"day {day}", postings=[posting], at=at, memo="deposit")
    bob, carol = opened(session, cash_of(BOB)), opened(session, cash_of(CAROL))

    def oldest(since: int = 0) -> dict[int, datetime]:
        first = (AT + timedelta(days=since)).date()
        return escrow.arrived(session, account_ids=[bob, carol], since=first)

    assert oldest() == {bob: AT}
    assert oldest(since=1) == {bob: AT + timedelta(days=1)}
    reserve(session, BOB, "100.00")
    assert oldest() == {bob: AT + timedelta(days=1)}
    reserve(session, BOB, "75.00")
    assert oldest() == {}
