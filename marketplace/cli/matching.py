"""Batches from the command line: run one, make one again, explain a pair."""

import sys
from datetime import datetime
from uuid import UUID

import click
from sqlalchemy.orm import Session

import matching
import origination
from kernel import Currency, Money, NotFound, new_id
from marketplace import clock, flows
from marketplace.db import atomic, reader
from matching import Batch, Reason


@click.group("matching")
def command() -> None:
    """Share the money of mandates among listings, and prove how it was shared."""


@command.command("run")
@click.option("--currency", default="USD", show_default=True, help="Of both sides.")
@click.option("--seed", help="Decides ties; one is drawn if not given.")
def run(currency: str, seed: str | None) -> None:
    """Run a batch now."""
    with atomic() as session:
        batch = flows.run_batch(
            session,
            at=clock.now(),
            seed=seed,
            name=f"by hand {new_id()}",
            currency=Currency(currency.upper()),
        )
        click.echo(f"{batch.id}  {_line(batch)}")


@command.command("batches")
@click.option("--limit", default=20, show_default=True, help="How many to list.")
def batches(limit: int) -> None:
    """List the latest batches."""
    with reader() as session:
        for batch in matching.batches(session, limit=limit):
            click.echo(f"{batch.id}  {batch.at:%Y-%m-%d %H:%M}  {_line(batch)}")


@command.command("replay")
@click.argument("batch", type=click.UUID)
def replay(batch: UUID) -> None:
    """Make a batch again from what it saw, and compare.

    Ends with exit code 1 where the input or the plan is not what was recorded.
    """
    with reader() as session:
        again = matching.replay_batch(session, batch_id=batch)
    click.echo(f"input  {again.input_digest}  {_same(again.is_same_input)}")
    click.echo(f"plan   {again.plan_digest}  {_same(again.is_same_plan)}  {again.lines:,} lines")
    sys.exit(0 if again.is_same_input and again.is_same_plan else 1)


@command.command("explain")
@click.argument("mandate", type=click.UUID)
@click.argument("listing")
@click.option("--batch", type=click.UUID, help="The last one that had both if not given.")
def explain(mandate: UUID, listing: str, batch: UUID | None) -> None:
    """Say why a MANDATE got nothing of a LISTING (L-1042 or its id), or how much it got."""
    with reader() as session:
        try:
            told = matching.explain(
                session,
                mandate_id=mandate,
                listing_id=_listing(session, listing),
                batch_id=batch,
            )
        except NotFound as unknown:
            raise click.ClickException(str(unknown)) from None
    click.echo(f"batch {told.batch_id} of {told.at:%Y-%m-%d %H:%M} UTC: {told.reason.name}")
    if told.reason is Reason.SERVED:
        click.echo(
            f"{told.amount} planned" + (f", dropped: {told.dropped}" if told.dropped else "")
        )


@command.command("standing")
@click.argument("lender", type=click.UUID)
@click.option("--pack", required=True, help="The rule pack; `none` takes it off.")
@click.option("--tested-on", type=click.DateTime(["%Y-%m-%d"]), help="When the test was passed.")
@click.option("--net-assets", help="Declared, in major units.")
@click.option("--currency", default="USD", show_default=True, help="Of the net assets.")
def standing(
    lender: UUID, pack: str, tested_on: datetime | None, net_assets: str | None, currency: str
) -> None:
    """Put a LENDER under a rule pack."""
    assets = None if net_assets is None else Money.parse(net_assets, Currency(currency.upper()))
    with atomic() as session:
        matching.declare_standing(
            session,
            lender_id=lender,
            pack_code=pack,
            tested_on=tested_on.date() if tested_on else None,
            net_assets=assets,
            at=clock.now(),
        )
    click.echo(f"{lender} is under {pack}.")


def _line(batch: Batch) -> str:
    placed = Money(batch.reserved_minor, Currency(batch.currency))
    return (
        f"{batch.listings:,} listings, {batch.mandates:,} mandates: {batch.orders:,} orders, "
        f"{placed} reserved, {batch.dropped:,} dropped"
    )


def _same(same: bool) -> str:  # noqa: FBT001 - a fact put into a word
    return "as recorded" if same else "DIFFERS"


def _listing(session: Session, text: str) -> UUID:
    number = text.upper().removeprefix("L-")
    if number.isdigit():
        return origination.listing_numbered(session, number=int(number))
    return UUID(text)
