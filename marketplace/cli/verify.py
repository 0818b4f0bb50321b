"""The proof of the book, on demand."""

import sys

import click

import escrow
import servicing
from marketplace.db import reader


@click.command("verify")
def command() -> None:
    """Prove that the book is whole.

    Balances, notes, loans, payments and reservations are held to each other. Ends with exit code 1
    and a line for every finding where it is not.
    """
    with reader() as session:
        audits = (escrow.verify(session), servicing.audit(session))
    for audit in audits:
        for what, count in audit.checked.items():
            click.echo(f"{count:>12,} {what.replace('_', ' ')}")
    findings = [finding for audit in audits for finding in audit.findings]
    for finding in findings:
        click.echo(str(finding), err=True)
    click.echo("The book is whole." if not findings else f"{len(findings)} findings.")
    sys.exit(1 if findings else 0)
