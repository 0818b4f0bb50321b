from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from origination import Listing
from tests.hammer.last_note import (
    NOTE,
    WON,
    Attempt,
    assert_fair,
    in_processes,
    in_threads,
    open_wide,
    set_up,
)

LENDERS = 200
PROCESSES = 8


def test_two_hundred_threads_order_the_last_note(database: str) -> None:
    engine = open_wide(database)
    race = set_up(engine, LENDERS)

    answers = in_threads(engine, race)

    assert_fair(engine, race, answers)
    engine.dispose()


def test_eight_processes_order_the_last_note(database: str) -> None:
    engine = open_wide(database)
    race = set_up(engine, LENDERS)
    engine.dispose()

    answers = in_processes(database, race, PROCESSES)

    assert_fair(engine, race, answers)
    engine.dispose()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_reading_checking_and_writing_would_sell_the_last_note_to_everybody(
    database: str,
) -> None:
    engine = open_wide(database)
    race = set_up(engine, 20)

    answers = in_threads(engine, race, naive(parties=20))

    assert answers[WON] == 20
    with pytest.raises(AssertionError):
        assert_fair(engine, race, answers)
    engine.dispose()


def naive(parties: int) -> Attempt:
    """The way that does not work: all have read and checked before the first one writes."""
    all_have_checked = Barrier(parties)

    def attempt(engine: Engine, listing_id: UUID, lender_id: UUID) -> str:
        del lender_id
        with Session(engine) as session:
            reserved, amount = session.execute(
                select(Listing.reserved_minor, Listing.amount_minor).where(Listing.id == listing_id)
            ).one()
            fits = reserved + NOTE.minor <= amount
            all_have_checked.wait()
            session.execute(
                update(Listing)
                .where(Listing.id == listing_id)
                .values(reserved_minor=reserved + NOTE.minor)
            )
            session.commit()
        return WON if fits else "listing_full"

    return attempt
