"""The worker: does what was written down to be done."""

import signal
import threading
from datetime import datetime, timedelta

import click

from marketplace import clock, flows, jobs, sealing
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

    Mail, batches of mandates, listings whose time is up, payouts, closes and seals. A new listing,
    new cash or a changed mandate calls a batch; while this waits for more, batches also run by the
    clock.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    done, asked_at = _run_due(), clock.now()
    while forever and not stop.wait(pause):
        asked_at = _call_batch(asked_at, every=timedelta(minutes=batch_every))
        done += _run_due()
    click.echo(f"{done} jobs done.")


def _call_batch(asked_at: datetime, *, every: timedelta) -> datetime:
    """Ask for a batch where enough time has passed since the last one was; say when that was."""
    at = clock.now()
    if at - asked_at < every:
        return asked_at
    with atomic() as session:
        flows.schedule_batch(session, at=at, every=every)
    return at


def _run_due() -> int:
    """Do what is due; what was written into the book meanwhile is to be sealed."""
    if sealing.is_anything_new():
        _ask_for_seal(clock.now())
    return jobs.run_due(clock.now())


def _ask_for_seal(at: datetime) -> None:
    """Ask for a seal, once in some minutes."""
    minute = at.replace(minute=at.minute - at.minute % sealing.MINUTES, second=0, microsecond=0)
    with atomic() as session:
        jobs.enqueue(
            session,
            kind=sealing.SEAL,
            payload={},
            at=at,
            dedupe_key=f"seal:{minute.isoformat()}",
        )
