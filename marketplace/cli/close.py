"""The day's close from the command line."""

import sys
import time
from datetime import UTC, date, datetime

import click
from tqdm import tqdm

from marketplace import clock, closing

PAUSE = 1.0  # seconds between two looks at what another run does


@click.command("close")
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to close; days missed before it come first. Today if not given.",
)
def command(day: datetime | None) -> None:
    """Close the business day and the days missed before it.

    Bills what fell due, charges late fees, takes losses and proves every loan it touched. May be
    interrupted and run again; a day that is closed stays as it is.
    """
    until = clock.today() if day is None else day.replace(tzinfo=UTC).date()
    if until > clock.today():
        # Loans would be counted beyond today, and nobody could pay until that day had come.
        raise click.BadParameter(f"{until} has not come yet.", param_hint="--on")
    days = closing.open_days(until)
    if not days:
        click.echo(f"{until} is closed already.")
    troubled = False
    for each in days:
        closed = _close(each)
        click.echo(f"{each}: {closed.loans:,} loans.")
        for line in (*closed.failures, *closed.findings):
            troubled = True
            click.echo(f"  {line}", err=True)
    sys.exit(1 if troubled else 0)


def _close(day: date) -> closing.Closed:
    """Close a day; where another run has claimed loans, wait until it is done or dead."""
    with tqdm(desc=str(day), total=closing.expected(day), unit=" loans", disable=None) as bar:
        while (closed := closing.close_day(day, at=clock.now(), progress=bar.update)).left:
            bar.set_postfix_str(f"another run closes {closed.left:,}")
            time.sleep(PAUSE)
    return closed
