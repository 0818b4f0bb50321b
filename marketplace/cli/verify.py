"""The proof of the book, on demand."""

import sys

import click
from sqlalchemy.orm import Session

import escrow
import servicing
from marketplace import clock, sealing
from marketplace.db import reader


@click.command("verify")
@click.option("--new", is_flag=True, help="Only what is new since the book was last proved.")
@click.option(
    "--head",
    metavar="NUMBER:HASH",
    help="A seal noted before, as `flask seal` prints it: the book must still have it.",
)
def command(*, new: bool, head: str | None) -> None:
    """Prove that the book is whole.

    Seals, balances, notes, loans, payments and reservations are held to each other. Ends with exit
    code 1 and a line for every finding where it is not. Found right, that is signed.
    """
    book = sealing.prove(clock.now(), new=new)
    with reader() as session:
        audits = (book, servicing.audit(session))
        noted = _held_to(session, head)
    for audit in audits:
        for what, count in audit.checked.items():
            click.echo(f"{count:>12,} {what.replace('_', ' ')}")
    findings = [*noted, *(finding for audit in audits for finding in audit.findings)]
    for finding in findings:
        click.echo(str(finding), err=True)
    click.echo("The book is whole." if not findings else f"{len(findings)} findings.")
    sys.exit(1 if findings else 0)


def _held_to(session: Session, head: str | None) -> tuple[escrow.Finding, ...]:
    """Say whether the book still has a seal that somebody noted."""
    if head is None:
        return ()
    number, _, noted = head.partition(":")
    if not number.isdigit():
        raise click.BadParameter("give NUMBER:HASH as `flask seal` prints it", param_hint="--head")
    seal = session.get(escrow.Seal, int(number))
    if seal is not None and escrow.seal_hash(seal) == noted:
        return ()
    return (escrow.Finding("seals_rewritten", f"seal {number}", "is not the one that was noted"),)
