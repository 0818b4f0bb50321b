"""Differences between the book and the outside, from the command line."""

from collections.abc import Callable
from typing import TypeVar

import click
from sqlalchemy.orm import Session

import escrow
from kernel import DomainError
from marketplace import clock, errors, reconciling
from marketplace.db import in_transaction, reader

T = TypeVar("T")

operator = click.option("--by", required=True, metavar="EMAIL", help="The operator who says so.")


@click.group("breaks")
def command() -> None:
    """See and settle what differs between the book and the outside."""


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are resolved.")
def show(*, everything: bool) -> None:
    """List breaks, the oldest first: number, age in days, state, amount, flow, owner, note."""
    with reader() as session:
        found = escrow.breaks(session, on=clock.today(), everything=everything)
    for each in found:
        click.echo(
            f"{each.number:>6}  {each.age:>4} d  {each.status:<9} {each.amount!s:>16}  "
            f"{each.place} {each.flow}  {each.owner or 'nobody'}  {each.note}".rstrip()
        )
    click.echo(f"{len(found)} breaks.")


@command.command()
@click.argument("number", type=int)
@click.option("--note", default="", help="What is known of it.")
@operator
def take(number: int, note: str, by: str) -> None:
    """Look after break NUMBER from now on."""
    _done(
        by,
        lambda session, mark: reconciling.assign_break(
            session, number=number, note=note, by=mark, at=clock.now()
        ),
    )
    click.echo(f"{by} looks after break {number}.")


@command.command()
@click.argument("number", type=int)
@click.argument("remedy", type=click.Choice([each.value for each in escrow.Remedy]))
@click.option(
    "--whose",
    default="",
    help="The investor's e-mail (give, take), the flow (link, settle) or the entry (reverse).",
)
@click.option("--note", required=True, help="Why; it stays on the record.")
@operator
def resolve(number: int, remedy: str, whose: str, note: str, by: str) -> None:
    """Settle break NUMBER by REMEDY, or propose to where it touches somebody's money."""
    row = _done(
        by,
        lambda session, mark: reconciling.settle_break(
            session,
            number=number,
            remedy=escrow.Remedy(remedy),
            whose=whose,
            note=note,
            by=mark,
            at=clock.now(),
        ),
    )
    click.echo(f"Break {number} is {row.status}.")


@command.command()
@click.argument("number", type=int)
@operator
def agree(number: int, by: str) -> None:
    """Agree to what another operator proposed for break NUMBER."""
    _done(
        by,
        lambda session, mark: reconciling.agree(session, number=number, by=mark, at=clock.now()),
    )
    click.echo(f"Break {number} is resolved.")


def _done(by: str, work: Callable[[Session, str], T]) -> T:
    """Do what an operator says, in their name."""
    with reader() as session:
        mark = reconciling.operator_mark(session, by)
    if mark is None:
        raise click.BadParameter(f"no operator has the address {by}", param_hint="--by")
    try:
        return in_transaction(lambda session: work(session, mark))
    except DomainError as error:
        raise click.ClickException(errors.message(error)) from error
