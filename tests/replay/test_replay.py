"""A small file lived through the operations: the book agrees, and an interruption is safe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from replay import Report, Wanted, lines, read_script, run
from tests.replay.test_layout import FOLLOWED

# amount, funded, term, rate, installment, grade, purpose, state, issued, status, principal,
# interest, late fee, recovered, collection fee, last paid, last amount, then the borrower's facts
ROWS = (
    # paid to the end, a year early
    (
        "5000,5000, 36 months, 10.65%,162.87,B,credit_card,AZ,Jan-2011,Fully Paid,"
        "5000.00,735.53,0.0,0.0,0.0,Jan-2013,2070.26,24000,RENT,10+ years,Verified,27.65,"
        "0,1,Jan-1985,3,0,83.7%"
    ),
    # failed after seven installments, something recovered
    (
        "3000,3000, 36 months, 15.27%,104.40,D,car,GA,Jan-2011,Charged Off,"
        "472.43,258.37,0.0,123.42,1.11,Aug-2011,104.40,30000,RENT,< 1 year,Source Verified,1.00,"
        "0,5,Apr-1999,3,0,9.4%"
    ),
    # lenders gave less than was asked; one installment came late
    (
        "4000,3000, 36 months, 12.69%,100.64,C,other,CA,Feb-2011,Fully Paid,"
        "3000.00,62.72,15.00,0.0,0.0,Apr-2011,2962.08,49200,OWN,1 year,Not Verified,20,"
        "0,1,Feb-1996,10,0,21%"
    ),
    # no loan at all
    (
        "x,3000, 36 months, 12.69%,100.64,C,other,CA,Feb-2011,Fully Paid,"
        "3000.00,31.73,0,0.0,0.0,Mar-2011,3046.73,49200,OWN,1 year,Not Verified,20,"
        "0,1,Feb-1996,10,0,21%"
    ),
)


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


def wanted(folder: Path) -> Wanted:
    file = folder / "loans.csv"
    file.write_text("\n".join([FOLLOWED, *ROWS]) + "\n", encoding="utf-8")
    return Wanted(path=file, limit=None, lenders=12, seed=1)


def perform(
    engine: Engine, wish: Wanted, advance: Callable[[int], object] = lambda _: None
) -> Report:
    @contextmanager
    def write() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    return run(read_script(wish), wish, write=write, read=write, advance=advance)


def interrupted_after(steps: int) -> Callable[[int], object]:
    seen = 0

    def advance(done: int) -> None:
        nonlocal seen
        seen += done
        if seen >= steps:
            raise Interrupted

    return advance


def test_the_book_agrees_with_the_file(engine: Engine, tmp_path: Path) -> None:
    report = perform(engine, wanted(tmp_path))

    told, book = report.file_totals["all"], report.book_totals["all"]
    assert report.findings == []
    assert report.installments.equal == report.installments.compared == 3
    assert len(report.malformed) == 1
    assert report.malformed[0].startswith("Line 5: ")
    assert (book.loans, book.lent, book.charged_off) == (3, 1_100_000, 1)
    assert book.recovery + book.late_fee == told.recovery + told.late_fee
    assert book.principal == pytest.approx(told.principal, rel=0.01)
    assert book.interest == pytest.approx(told.interest, rel=0.05)


@pytest.mark.parametrize("steps", [1, 4, 9, 20])
def test_an_interrupted_replay_goes_on_where_it_was(
    engine: Engine, tmp_path: Path, steps: int
) -> None:
    wish = wanted(tmp_path)
    with pytest.raises(Interrupted):
        perform(engine, wish, interrupted_after(steps))

    resumed = perform(engine, wish)

    assert resumed.findings == []
    assert resumed.book_totals["all"].loans == 3
    assert resumed.book_totals["D"].charged_off == 1


def test_a_finished_replay_does_nothing_more(engine: Engine, tmp_path: Path) -> None:
    wish = wanted(tmp_path)
    first = perform(engine, wish)

    second = perform(engine, wish)

    assert second.postings == 0
    assert second.book_totals == first.book_totals


def test_the_report_reads_as_a_table(engine: Engine, tmp_path: Path) -> None:
    report = perform(engine, wanted(tmp_path))

    table = "\n".join(lines(report))

    assert "3 of 3 (100.000%)" in table
    assert "audit: clean" in table
    assert report.to_json()["audit"]["clean"] is True
