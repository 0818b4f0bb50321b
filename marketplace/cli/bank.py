"""What the bank says, from the command line."""

from functools import partial
from pathlib import Path

import click

import escrow
from kernel import DomainError
from marketplace import clock, errors
from marketplace.db import in_transaction


@click.group("bank")
def command() -> None:
    """Take what the bank says."""


@command.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--by", default="command", help="Who imports, for the record.")
def import_files(files: tuple[Path, ...], by: str) -> None:
    """Import FILES of the bank: camt.053, or CSV with the columns of docs/ledger.md.

    A line that was told before is not written again, so overlapping files do no harm. A file with a
    fault is refused whole.
    """
    for path in files:
        take = partial(
            escrow.import_bank_file,
            body=path.read_bytes(),
            name=path.name,
            by=by,
            at=clock.now(),
        )
        try:
            file = in_transaction(take)
        except DomainError as error:
            raise click.ClickException(f"{path}: {errors.message(error)}") from error
        click.echo(f"{path}: {file.form}, {file.lines:,} lines, {file.fresh:,} of them new.")
