"""The worker: does what was written down to be done."""

import signal
import threading
from datetime import datetime, timedelta

import click

from marketplace import clock, flows, jobs
from marketplace.db import atomic


@click.command("work")
@click.option("--forever", is_flag=True, help="Wait for more instead of ending.")
@click.option(
    "--pause", default=1.0, show_default=True, help="Seconds between two looks at the queue."
)
@click.option(
    "--batch-every",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    help="Minutes after which mandates are served although nothing has called them.",
)
def command(*, forever: bool, pause: float, batch_every: int) -> None:
    """Do the jobs that are due.

    Mail, batches of mandates, listings whose time is up, payouts and closes. A new listing, new
    cash or a changed mandate calls a batch; while this waits for more, batches also run by the
    clock.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    done, asked_at = jobs.run_due(clock.now()), clock.now()
    while forever and not stop.wait(pause):
        asked_at = _call_batch(asked_at, every=timedelta(minutes=batch_every))
        done += jobs.run_due(clock.now())
    click.echo(f"{done} jobs done.")


def _call_batch(asked_at: datetime, *, every: timedelta) -> datetime:
    """Ask for a batch where enough time has passed since the last one was; say when that was."""
    at = clock.now()
    if at - asked_at < every:
        return asked_at
    with atomic() as session:
        flows.schedule_batch(session, at=at, every=every)
    return at
