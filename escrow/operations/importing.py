"""What the bank and the provider say, written down once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from escrow.bank_csv import read_csv
from escrow.bank_file import BankFile, BankLine, identities
from escrow.camt import read_camt
from escrow.gateway import BalanceLine, BalancePage
from escrow.outside import (
    BankBalance,
    BankLineRow,
    BankStatementFile,
    ProviderBundle,
    ProviderFetch,
    ProviderLine,
)
from kernel import bulk_insert, new_id

BANK_LINES = cast("Table", BankLineRow.__table__)
CHUNK = 5_000
# Lines of a day may be told late.
OVERLAP = timedelta(days=3)


def read_bank_file(body: bytes) -> BankFile:
    """Read a file of the bank, in the form that it has: XML is camt.053, all else CSV.

    Raises:
        FileNotReadable: something is wrong; it says what, and where.
    """
    begins = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return read_camt(body) if begins == b"<" else read_csv(body)


def import_bank_file(
    session: Session, *, body: bytes, name: str, by: str, at: datetime
) -> BankStatementFile:
    """Write down what a file of the bank says; what was said before is not written again.

    Raises:
        FileNotReadable: something is wrong; then nothing is written.
    """
    digest = sha256(body).hexdigest()
    known = session.scalar(select(BankStatementFile).where(BankStatementFile.sha256 == digest))
    if known is not None:
        return known
    file = read_bank_file(body)
    names = identities(file.lines)
    told = _known(session, names)
    fresh = [
        (place, line, identity)
        for place, (line, identity) in enumerate(zip(file.lines, names, strict=True), start=1)
        if identity not in told
    ]
    statement = BankStatementFile(
        id=new_id(),
        sha256=digest,
        name=name[:200],
        form=file.form,
        lines=len(file.lines),
        fresh=len(fresh),
        by=by,
        at=at,
    )
    session.add(statement)
    session.flush()
    _write(session, statement, fresh)
    for closing in file.closings:
        session.merge(
            BankBalance(
                statement_id=statement.id,
                account=closing.account,
                currency=closing.amount.currency.value,
                day=closing.day,
                amount_minor=closing.amount.minor,
            )
        )
    session.flush()
    return statement


def _known(session: Session, names: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(names), CHUNK):
        chunk = names[start : start + CHUNK]
        asked = select(BankLineRow.identity).where(BankLineRow.identity.in_(chunk))
        found.update(session.scalars(asked))
    return found


def _write(
    session: Session, statement: BankStatementFile, fresh: list[tuple[int, BankLine, str]]
) -> None:
    lines = [line for _, line, _ in fresh]
    columns = {
        "statement_id": statement.id,
        "place": [place for place, _, _ in fresh],
        "identity": [identity for _, _, identity in fresh],
        "account": [line.account for line in lines],
        "amount_minor": [line.amount.minor for line in lines],
        "currency": [line.amount.currency.value for line in lines],
        "booked_on": [line.booked_on for line in lines],
        "value_on": [line.value_on for line in lines],
        "reference": [f"{line.reference} {line.bank_reference}".strip()[:200] for line in lines],
        "counterparty": [line.counterparty for line in lines],
        "text": [line.text for line in lines],
        "is_reversal": [line.is_reversal for line in lines],
    }
    bulk_insert(session, BANK_LINES, columns, count=len(fresh))


def begin_fetch(session: Session, *, gateway: str, at: datetime) -> ProviderFetch:
    """Begin to read what the provider says since the last time, or go on where it was left."""
    latest = session.scalar(
        select(ProviderFetch)
        .where(ProviderFetch.gateway == gateway)
        .order_by(ProviderFetch.id.desc())
        .limit(1)
    )
    if latest is not None and latest.finished_at is None:
        return latest
    first = datetime.fromtimestamp(0, at.tzinfo)
    since = first if latest is None else latest.until - OVERLAP
    # The provider counts whole seconds: what happens in this one counts as well.
    until = at + timedelta(seconds=1)
    fresh = ProviderFetch(gateway=gateway, since=since, until=until, cursor="")
    session.add(fresh)
    session.flush()
    return fresh


def take_page(session: Session, *, fetch_id: int, page: BalancePage, at: datetime) -> ProviderFetch:
    """Write down one page of the provider's lines, and how far the reading has come."""
    fetch = session.get_one(ProviderFetch, fetch_id, with_for_update=True)
    names = [line.id for line in page.lines]
    asked = select(ProviderLine.id).where(ProviderLine.id.in_(names))
    known = set(session.scalars(asked))
    session.add_all(_row(fetch, line, at) for line in page.lines if line.id not in known)
    fetch.cursor = page.after
    if not page.after:
        fetch.finished_at = at
    session.flush()
    return fetch


def take_bundle(session: Session, *, payout: str, lines: Sequence[str]) -> None:
    """Write down which lines the provider paid to our bank together."""
    asked = select(ProviderLine.id).where(ProviderLine.id.in_(lines))
    told = select(ProviderBundle.line_id).where(ProviderBundle.payout == payout)
    known = set(session.scalars(told))
    here = [line for line in session.scalars(asked) if line not in known]
    session.add_all(ProviderBundle(line_id=line, payout=payout) for line in here)


def _row(fetch: ProviderFetch, line: BalanceLine, at: datetime) -> ProviderLine:
    return ProviderLine(
        id=line.id,
        gateway=fetch.gateway,
        kind=line.kind[:64],
        amount_minor=line.amount.minor,
        fee_minor=line.fee.minor,
        currency=line.amount.currency.value,
        source=line.source[:200],
        about=line.about,
        at=line.at,
        fetched_at=at,
    )
