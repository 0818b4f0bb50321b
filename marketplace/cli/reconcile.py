"""Reconciling from the command line."""

import sys
from datetime import UTC, datetime

import click

from kernel import DomainError
from marketplace import clock, errors, reconciling


@click.command("reconcile")
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to report. Today if not given.",
)
def command(day: datetime | None) -> None:
    """Hold the book against the provider and the bank, and keep the report of a day.

    The worker does so for every day as soon as it is over. Ends with exit code 1 where something
    differs that nothing explains: `flask breaks list` names it.
    """
    on = clock.today() if day is None else day.replace(tzinfo=UTC).date()
    if on > clock.today():
        raise click.BadParameter(f"{on} has not come yet.", param_hint="--on")
    try:
        report = reconciling.reconcile(on, at=clock.now())
    except DomainError as error:
        raise click.ClickException(errors.message(error)) from error
    click.echo(
        f"{on}: {report.flows:,} flows, {report.cleared:,} clear, "
        f"{report.explained:,} explained, {report.breaks:,} breaks."
    )
    sys.exit(1 if report.breaks else 0)
