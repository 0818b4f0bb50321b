"""The first half of a loan's life: applied for, decided, listed, funded, disbursed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
import matching
import origination
import servicing
from kernel import Currency, Money, find
from replay.crowd import Lender
from replay.layout import FileLoan
from replay.life import OLGA, OSCAR, TOGETHER, Life, Stage, chunks, noon

CURRENCY = Currency.USD

# Nobody opens a page of this bank, so its links need no secret.
BANK = escrow.SandboxGateway("replay")

# How many listings meet the mandates in one batch.
IN_BATCH = 250
# Lenders bring this much more than a batch of listings asks for, so that caps never starve it.
ROOM = 3


def admit(session: Session, lenders: Iterable[Lender], *, at: datetime) -> dict[UUID, int]:
    """Give every lender an account and a standing order, and return the accounts."""
    accounts = {}
    for lender in lenders:
        accounts[lender.id] = escrow.open_account(
            session, kind=escrow.AccountKind.LENDER, owner_id=lender.id, currency=CURRENCY
        )
        if matching.mandates_of(session, lender_id=lender.id):
            continue
        matching.save_mandate(
            session,
            lender_id=lender.id,
            name="replay",
            criteria=lender.criteria,
            cap=lender.cap,
            keep=Money.zero(CURRENCY),
            total=None,
            at=at,
        )
    return accounts


def fund(stage: Stage, lives: list[Life], on: date) -> None:
    """Make loans of the rows of one month, those already made excepted."""
    rows = [life for life in lives if life.loan_id is None]
    whole = [life for life in rows if life.loan.funded == life.loan.amount]
    partly = [life for life in rows if life.loan.funded != life.loan.amount]
    _bring_cash(stage, rows, on)
    for batch in chunks(whole, IN_BATCH):
        _list(stage, batch, on)
        _fill(stage, batch, on)
        _disburse(stage, batch, on)
    # The mandates would fill these too; the file says that the market of the day did not.
    for batch in chunks(partly, TOGETHER):
        _list(stage, batch, on)
        _fill_partly(stage, batch, on)
        _disburse(stage, batch, on)


def _list(stage: Stage, lives: Sequence[Life], on: date) -> None:
    for together in chunks([life for life in lives if life.listing_id is None], TOGETHER):
        with stage.write() as session:
            for life in together:
                life.listing_id = _apply_to_publish(session, stage, life, at=noon(on))
        stage.advance(len(together))


def _apply_to_publish(session: Session, stage: Stage, life: Life, *, at: datetime) -> UUID:
    """Take one row from the application to an open listing, by the hands that the web asks for."""
    loan = life.loan
    application = origination.apply(
        session,
        borrower_id=life.borrower_id,
        product_id=stage.product_id,
        amount=loan.amount,
        installments=loan.installments,
        purpose=loan.purpose,
        facts=loan.facts,
        at=at,
    )
    key = application.id
    origination.submit(session, application_id=key, at=at)
    origination.review(
        session, application_id=key, by=OLGA, recommend="approve", note=_line(loan), at=at
    )
    origination.decide(
        session,
        application_id=key,
        by=OSCAR,
        approve=True,
        note=_line(loan),
        rate=loan.rate,
        grade=loan.grade,
        at=at,
    )
    origination.accept(session, application_id=key, borrower_id=life.borrower_id, at=at)
    return origination.publish(session, application_id=key, by=OSCAR, at=at).id


def _line(loan: FileLoan) -> str:
    return f"line {loan.line} of the file"


def _fill(stage: Stage, lives: Sequence[Life], on: date) -> None:
    """Let the mandates fund the listings; what they leave, lenders order by hand."""
    with stage.write() as session:
        matching.run_batch(session, at=noon(on), seed=f"{stage.name}:{on}:{lives[0].loan.line}")
    with stage.write() as session:
        for life in lives:
            room = _room(session, life)
            if room.is_positive:
                _order_by_hand(session, stage, life, room, on)


def _fill_partly(stage: Stage, lives: Sequence[Life], on: date) -> None:
    """Order by hand what the file says was funded; the borrower takes it when time is up."""
    with stage.write() as session:
        for life in lives:
            missing = life.loan.funded - (life.loan.amount - _room(session, life))
            if missing.is_positive:
                _order_by_hand(session, stage, life, missing, on)
    with stage.write() as session:
        for life in lives:
            _settle_for_part(session, life)


def _settle_for_part(session: Session, life: Life) -> None:
    listing = find(session, origination.Listing, _known(life.listing_id))
    if listing.status == origination.ListingStatus.OPEN and listing.closes_at is not None:
        matching.expire_listing(session, listing_id=listing.id, at=listing.closes_at)
        origination.accept_partial(
            session,
            listing_id=listing.id,
            borrower_id=life.borrower_id,
            at=listing.closes_at + timedelta(hours=1),
        )


def _bring_cash(stage: Stage, lives: Sequence[Life], on: date) -> None:
    """Let the lenders deposit, each its part, what is missing for a month's listings."""
    needed = sum(life.loan.funded.minor for life in lives) * ROOM
    with stage.write() as session:
        missing = needed - sum(_cash(session, stage).values())
    for together in chunks(stage.lenders if missing > 0 else (), TOGETHER):
        with stage.write() as session:
            for lender in together:
                amount = Money(int(missing * lender.weight) + 100, CURRENCY)
                _deposit(session, lender, amount, key=f"{stage.name}:{on}:{missing}", on=on)


def _deposit(session: Session, lender: Lender, amount: Money, *, key: str, on: date) -> None:
    deposit = escrow.begin_deposit(
        session,
        owner_id=lender.id,
        amount=amount,
        key=f"{key}:{lender.id}",
        gateway=BANK,
        at=noon(on),
    )
    escrow.receive(session, event=BANK.pay(deposit), at=noon(on))


def _cash(session: Session, stage: Stage) -> dict[UUID, int]:
    """Return what each lender has free, in minor units."""
    balances = escrow.balances(session, account_ids=list(stage.accounts.values()))
    return {lender_id: balances[account] for lender_id, account in stage.accounts.items()}


def _room(session: Session, life: Life) -> Money:
    listing = find(session, origination.Listing, _known(life.listing_id))
    if listing.status != origination.ListingStatus.OPEN:
        return Money.zero(CURRENCY)
    return listing.amount - listing.reserved


def _order_by_hand(session: Session, stage: Stage, life: Life, amount: Money, on: date) -> None:
    """Let the lenders with most cash order the rest, the richest first."""
    left = amount
    cash = _cash(session, stage)
    for lender in sorted(stage.lenders, key=lambda each: (-cash[each.id], each.id)):
        part = left if cash[lender.id] >= left.minor else _whole_steps(stage, cash[lender.id])
        if part.is_positive:
            matching.place_order(
                session,
                listing_id=_known(life.listing_id),
                lender_id=lender.id,
                amount=part,
                key=f"{stage.name}:hand:{life.loan.line}",
                at=noon(on),
            )
            left -= part
        if left.is_zero:
            return


def _whole_steps(stage: Stage, cash: int) -> Money:
    """Return as much of the cash as an order may take that does not fill the listing."""
    step = stage.terms.funding.order_step_minor
    return Money(cash // step * step, CURRENCY)


def _disburse(stage: Stage, lives: Sequence[Life], on: date) -> None:
    for together in chunks(lives, TOGETHER):
        with stage.write() as session:
            for life in together:
                life.loan_id = _open(session, life, on)
        stage.advance(len(together))


def _open(session: Session, life: Life, on: date) -> UUID:
    """Open the loan and pay its proceeds out to the borrower's bank."""
    loan = servicing.open_loan(
        session, listing_id=_known(life.listing_id), at=noon(on), on=on, by=OSCAR
    )
    payout = escrow.begin_payout(
        session,
        kind=escrow.AccountKind.BORROWER,
        owner_id=life.borrower_id,
        amount=servicing.proceeds(loan),
        destination="replayed",
        key=f"proceeds:{loan.id}",
        gateway=BANK,
        at=noon(on),
    )
    for event in BANK.send(payout):
        escrow.receive(session, event=event, at=noon(on))
    return loan.id


def _known(ident: UUID | None) -> UUID:
    if ident is None:
        raise LookupError("the step before this one was skipped")
    return ident
