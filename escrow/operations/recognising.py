"""What lines of the bank are about: a lender's deposit, payouts that arrived or came back."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.bank_gateway import BankGateway
from escrow.errors import DepositTooSmall
from escrow.gateway import Event, EventKind
from escrow.operations.deposits import begin_deposit
from escrow.operations.events import receive
from escrow.outside import BankLineRow, LineFlow, PaymentFile, PaymentFileLine, PaymentReference
from escrow.reconciling import Side
from escrow.references import reference_for, references_in
from escrow.transfers import Payout, PayoutStatus
from kernel import lock, new_id

SYSTEM = "system"
FILE = re.compile(r"\bPF(\d{1,18})\b")
PAYOUT = re.compile(r"\b[0-9a-f]{32}\b")
SETTLED = re.compile(r"\bpo_\w{8,}\b")


def payment_reference(session: Session, *, owner_id: UUID, at: datetime) -> str:
    """Return what a lender writes on a transfer; it is theirs for good."""
    known = session.get(PaymentReference, owner_id)
    attempt = 0
    while known is None:
        text = reference_for(owner_id, attempt=attempt)
        taken = select(PaymentReference.owner_id).where(PaymentReference.reference == text)
        if session.scalar(taken) is None:
            known = PaymentReference(owner_id=owner_id, reference=text, created_at=at)
            session.add(known)
            session.flush()
        attempt += 1
    return known.reference


def recognise(session: Session, *, at: datetime) -> int:
    """Find out what the lines of the bank are about that nothing was known of, and book it.

    Deposits with the reference of one lender are theirs at once. A payout, or a file of payouts,
    is paid when a line says so with the same amount, and comes back when another one does.

    Returns:
        How many lines were recognised.
    """
    said = select(LineFlow.line).where(LineFlow.side == Side.BANK.value)
    known = set(session.scalars(said))
    rows = session.scalars(select(BankLineRow).order_by(BankLineRow.id)).all()
    count = 0
    for row in rows:
        if str(row.id) in known:
            continue
        flow = _flow(session, row, at)
        if flow:
            note_flow(session, side=Side.BANK, line=str(row.id), flow=flow, by=SYSTEM, at=at)
            count += 1
    return count


def note_flow(
    session: Session,
    *,
    side: Side,
    line: str,
    flow: str,
    by: str,
    at: datetime,
    why: str = "by its reference",
) -> None:
    """Write down to which flow a line belongs; the latest word counts."""
    row = LineFlow(side=side.value, line=line, flow=flow, by=by, at=at, why=why[:200])
    session.add(row)
    session.flush()


def _flow(session: Session, row: BankLineRow, at: datetime) -> str:
    words = f"{row.reference} {row.text}"
    settled = SETTLED.search(words)
    if settled and row.amount_minor > 0:
        return f"settle:{settled[0]}"
    return (
        _file(session, row, words, at)
        or _payout(session, row, words, at)
        or (_deposit(session, row, words, at) if row.amount_minor > 0 else "")
    )


def _deposit(session: Session, row: BankLineRow, words: str, at: datetime) -> str:
    """Book a deposit of the lender whose reference a line has; of two references none counts."""
    owners = [
        owner
        for text in references_in(words)
        for owner in session.scalars(
            select(PaymentReference.owner_id).where(PaymentReference.reference == text)
        )
    ]
    if len(owners) != 1:
        return ""
    try:
        deposit = begin_deposit(
            session,
            owner_id=owners[0],
            amount=row.amount,
            key=f"bank:{row.identity}",
            gateway=BankGateway(),
            at=at,
        )
    except DepositTooSmall:
        return ""
    told = {"method": "bank_transfer"}
    kind = EventKind.DEPOSIT_SUCCEEDED.value
    receive(session, event=Event(f"bank:{row.identity}", kind, str(deposit.id), told), at=at)
    return f"deposit:{deposit.id}"


def _payout(session: Session, row: BankLineRow, words: str, at: datetime) -> str:
    for text in PAYOUT.findall(words.lower()):
        payout = session.get(Payout, UUID(text))
        if payout is None or payout.gateway != BankGateway.name:
            continue
        if _tell(session, payout, row, at):
            return f"payout:{payout.id}"
    return ""


def _tell(session: Session, payout: Payout, row: BankLineRow, at: datetime) -> bool:
    """Let a payout follow a line that is of its amount: money out pays it, money in fails it."""
    if payout.currency != row.currency or payout.amount_minor != abs(row.amount_minor):
        return False
    if row.amount_minor < 0:
        kind, told = EventKind.PAYOUT_PAID, {}
    else:
        kind, told = EventKind.PAYOUT_FAILED, {"late": True, "reason": row.text or "came back"}
    event = Event(f"bank:{row.identity}", kind.value, str(payout.id), told)
    return receive(session, event=event, at=at).applied_at is not None


def _file(session: Session, row: BankLineRow, words: str, at: datetime) -> str:
    """Let all payouts of a file arrive by the one line in which the bank booked it whole."""
    for number in FILE.findall(words):
        file = session.scalar(select(PaymentFile).where(PaymentFile.number == int(number)))
        if file is None or file.currency != row.currency:
            continue
        payouts = _payouts_of(session, file.id)
        if row.amount_minor != -file.total_minor or not payouts:
            continue
        for payout in payouts:
            ident = f"bank:{row.identity}:{payout.id}"
            event = Event(ident, EventKind.PAYOUT_PAID.value, str(payout.id))
            receive(session, event=event, at=at)
        return f"file:{file.id}"
    return ""


def _payouts_of(session: Session, file_id: UUID) -> Sequence[Payout]:
    return session.scalars(
        select(Payout)
        .join(PaymentFileLine, PaymentFileLine.payout_id == Payout.id)
        .where(PaymentFileLine.file_id == file_id)
        .order_by(Payout.id)
    ).all()


def waiting_for_file(session: Session, *, currency: str) -> Sequence[Payout]:
    """Return the payouts by bank that stand in no file yet, the oldest first."""
    filed = select(PaymentFileLine.payout_id)
    return session.scalars(
        select(Payout)
        .where(
            Payout.gateway == BankGateway.name,
            Payout.status == PayoutStatus.REQUESTED,
            Payout.currency == currency,
            Payout.id.not_in(filed),
        )
        .order_by(Payout.id)
    ).all()


def note_file(
    session: Session, *, payouts: Sequence[Payout], number: int, body: str, by: str, at: datetime
) -> PaymentFile:
    """Write down a file as it is handed to the bank; its payouts are on their way from then on."""
    file = PaymentFile(
        id=new_id(),
        number=number,
        total_minor=sum(each.amount_minor for each in payouts),
        currency=payouts[0].currency,
        payouts=len(payouts),
        by=by,
        at=at,
        body=body,
    )
    session.add(file)
    session.flush()
    for payout in payouts:
        session.add(PaymentFileLine(payout_id=payout.id, file_id=file.id))
        lock(session, Payout, payout.id).move(session, PayoutStatus.SENT, by=by, at=at)
    session.flush()
    return file
