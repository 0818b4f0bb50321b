"""The worker: does what was written down to be done."""

import signal
import threading

import click

from marketplace import clock, jobs


@click.command("work")
@click.option("--forever", is_flag=True, help="Wait for more instead of ending.")
@click.option(
    "--pause", default=1.0, show_default=True, help="Seconds between two looks at the queue."
)
def command(*, forever: bool, pause: float) -> None:
    """Do the jobs that are due.

    Mail, batches of mandates, listings whose time is up, payouts and closes.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    done = jobs.run_due(clock.now())
    while forever and not stop.wait(pause):
        done += jobs.run_due(clock.now())
    click.echo(f"{done} jobs done.")
