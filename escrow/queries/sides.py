"""What the book, the provider and the bank say of money outside, line by line, with its flow."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import CompoundSelect, literal, select, union_all
from sqlalchemy.orm import Session

from escrow.models import Account, Entry, PostingLine
from escrow.outside import BankLineRow, Break, LineFlow, PaymentFileLine, ProviderLine
from escrow.reconciling import Line, Place, Side
from escrow.transfers import DepositReturn, GatewayCall

OPENING = "opening"
COLLECTION = re.compile(r"collection:[0-9a-f-]{36}")
# What the metadata of a source names, by its key.
NOUNS = (("collection", "collection_id"), ("deposit", "deposit_id"), ("payout", "payout_id"))
TO_OUR_BANK = {"payout", "payout_failure", "payout_cancel"}


@dataclass(frozen=True, slots=True)
class Names:
    """What is needed to know which flow something belongs to."""

    deposit_of_return: dict[str, str] = field(default_factory=dict)
    deposit_of_dispute: dict[str, str] = field(default_factory=dict)
    payout_of_transfer: dict[str, str] = field(default_factory=dict)
    flow_of_break: dict[str, str] = field(default_factory=dict)
    said: dict[tuple[str, str], str] = field(default_factory=dict)
    file_of_payout: dict[str, str] = field(default_factory=dict)
    opened_at: datetime | None = None


def sides(session: Session, *, places: frozenset[Place]) -> list[Line]:
    """Return what is said of these places, by all of the book and all of the outside."""
    names = _names(session)
    lines = [*_book(session, names), *_provider(session, names), *_bank(session, names)]
    return [line for line in lines if line.place in places]


def flow_of(key: str, names: Names) -> str:
    """Return the flow of an entry by its key; nothing where the key does not tell."""
    collection = COLLECTION.search(key)
    if collection:
        return collection[0]
    kind, _, rest = key.partition(":")
    ident = rest.partition(":")[0]
    if kind == "return":
        return f"deposit:{names.deposit_of_return.get(ident, ident)}"
    if kind == "cost":
        return f"fee:{rest}"
    if kind == "break":
        return names.flow_of_break.get(ident, "")
    if kind == "payout":
        return names.file_of_payout.get(ident, f"payout:{ident}")
    return key if kind in {"deposit", "settle"} else ""


def _names(session: Session) -> Names:
    returns = session.execute(
        select(DepositReturn.id, DepositReturn.deposit_id, DepositReturn.reference)
    ).all()
    transfers = session.execute(
        select(GatewayCall.reference, GatewayCall.subject_id).where(
            GatewayCall.purpose == "transfer", GatewayCall.reference.is_not(None)
        )
    )
    said = session.execute(select(LineFlow.side, LineFlow.line, LineFlow.flow).order_by("id"))
    known = {(side, line): flow for side, line, flow in said}
    settled = {flow for flow in known.values() if flow.startswith("file:")}
    files = session.execute(select(PaymentFileLine.payout_id, PaymentFileLine.file_id))
    return Names(
        deposit_of_return={str(row.id): str(row.deposit_id) for row in returns},
        deposit_of_dispute={row.reference: str(row.deposit_id) for row in returns},
        payout_of_transfer={str(reference): str(payout) for reference, payout in transfers},
        flow_of_break={str(row.id): row.flow for row in session.scalars(select(Break))},
        said=known,
        file_of_payout={
            str(payout): f"file:{file}" for payout, file in files if f"file:{file}" in settled
        },
        opened_at=_opened_at(session),
    )


def _opened_at(session: Session) -> datetime | None:
    """Return when the provider's account began with what the book had before."""
    topups = select(ProviderLine).where(ProviderLine.kind == "topup")
    rows = [row for row in session.scalars(topups) if row.about.get(OPENING)]
    return min((row.at for row in rows), default=None)


def _book(session: Session, names: Names) -> Iterator[Line]:
    """Yield what each entry does at each place, as the outside sees it."""
    parts = []
    for end, sign in ((PostingLine.source_id, 1), (PostingLine.target_id, -1)):
        amount = (PostingLine.amount_minor * literal(sign)).label("amount")
        parts.append(
            select(PostingLine.entry_id, Account.kind, PostingLine.currency, amount)
            .join(Account, Account.id == end)
            .where(Account.kind.in_(list(Place)))
        )
    sums: dict[tuple[int, str, str], int] = defaultdict(int)
    touched = union_all(*parts)
    for ident, kind, currency, minor in session.execute(touched):
        sums[ident, kind, currency] += minor
    heads = _heads(session, touched)
    for (ident, kind, currency), minor in sorted(sums.items()):
        entry, place = heads[ident], Place(kind)
        yield Line(
            side=Side.BOOK,
            id=str(ident),
            flow=_flow_of_entry(entry, heads, names, place),
            place=place,
            amount=minor,
            currency=currency,
            on=entry.on,
            what=entry.memo,
        )


@dataclass(frozen=True, slots=True)
class _Head:
    id: int
    key: str
    reverses: int | None
    at: datetime
    on: date
    memo: str


def _heads(session: Session, touched: CompoundSelect[int, str, str, int]) -> dict[int, _Head]:
    """Return the entries, and those that they reverse, which touch the same places."""
    columns = (Entry.id, Entry.key, Entry.reverses_id, Entry.at, Entry.effective_on, Entry.memo)
    wanted = select(touched.subquery().c.entry_id)
    rows = session.execute(select(*columns).where(Entry.id.in_(wanted)))
    return {row[0]: _Head(*row) for row in rows}


def _flow_of_entry(entry: _Head, heads: Mapping[int, _Head], names: Names, place: Place) -> str:
    if names.opened_at is not None and place is Place.STRIPE and entry.at <= names.opened_at:
        return OPENING
    if entry.reverses is not None:
        return _flow_of_entry(heads[entry.reverses], heads, names, place)
    said = names.said.get((Side.BOOK.value, str(entry.id)))
    return said or flow_of(entry.key, names) or f"entry:{entry.id}"


def _provider(session: Session, names: Names) -> Iterator[Line]:
    """Yield each line of the provider, and its fee as a line of its own."""
    rows = session.scalars(select(ProviderLine).order_by(ProviderLine.at, ProviderLine.id)).all()
    by_source = {row.source: row for row in reversed(rows) if row.source}
    for row in rows:
        own = Line(
            side=Side.PROVIDER,
            id=row.id,
            flow=_flow_of_provider(row, by_source, names),
            place=Place.STRIPE,
            amount=row.amount_minor,
            currency=row.currency,
            on=row.at.astimezone(UTC).date(),
            what=row.kind,
        )
        yield own
        if row.fee_minor:
            yield Line(
                Side.PROVIDER, row.id, f"fee:{row.id}", own.place, -row.fee_minor,
                row.currency, own.on, "fee",
            )  # fmt: skip


def _flow_of_provider(
    row: ProviderLine, by_source: Mapping[str, ProviderLine], names: Names
) -> str:
    about = row.about
    said = names.said.get((Side.PROVIDER.value, row.id)) or (OPENING if about.get(OPENING) else "")
    named = next((f"{noun}:{about[key]}" for noun, key in NOUNS if key in about), "")
    if said or named:
        return said or named
    if row.kind in TO_OUR_BANK and row.source:
        return f"settle:{row.source}"
    if row.source in names.deposit_of_dispute:
        return f"deposit:{names.deposit_of_dispute[row.source]}"
    return _flow_of_parent(row, by_source, names)


def _flow_of_parent(row: ProviderLine, by_source: Mapping[str, ProviderLine], names: Names) -> str:
    """Return the flow of what a dispute, a refund or a reversal belongs to."""
    parent = str(row.about.get("parent", ""))
    if parent in names.payout_of_transfer:
        return f"payout:{names.payout_of_transfer[parent]}"
    if parent in by_source and by_source[parent].id != row.id:
        return _flow_of_provider(by_source[parent], {}, names)
    return f"fee:{row.id}" if not row.source and row.amount_minor < 0 else ""


def _bank(session: Session, names: Names) -> Iterator[Line]:
    for row in session.scalars(select(BankLineRow).order_by(BankLineRow.id)):
        yield Line(
            side=Side.BANK,
            id=str(row.id),
            flow=names.said.get((Side.BANK.value, str(row.id)), ""),
            place=Place.BANK,
            amount=row.amount_minor,
            currency=row.currency,
            on=row.booked_on,
            what=(row.text or row.counterparty or row.reference)[:200],
        )
