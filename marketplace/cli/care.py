"""The care of a day from the command line."""

import sys
from datetime import UTC, datetime

import click
from tqdm import tqdm

from marketplace import caring, clock


@click.command("care")
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to look after; days missed before it come first. Today if not given.",
)
def command(day: datetime | None) -> None:
    """Look after the loans: owners, checks, alerts, promises, deadlines, reminders.

    The day's close asks the worker for it on the next morning; it may be run again at any time.
    """
    until = clock.today() if day is None else day.replace(tzinfo=UTC).date()
    if until > clock.today():
        raise click.BadParameter(f"{until} has not come yet.", param_hint="--on")
    failed = False
    for each in caring.open_days(until):
        with tqdm(desc=str(each), unit=" steps", disable=None) as bar:
            cared = caring.care_for(each, at=clock.now(), progress=bar.update)
        made = ", ".join(f"{count:,} {name}" for name, count in cared.made.items() if count)
        click.echo(f"{each}: {made or 'nothing to do'}.")
        for line in cared.failures:
            failed = True
            click.echo(f"  {line}", err=True)
    sys.exit(1 if failed else 0)
