"""Commands for translators."""

import sys

import click

from marketplace import catalogue
from marketplace.i18n import SOURCE


@click.group("i18n")
def command() -> None:
    """Keep the translations complete."""


@command.command()
def update() -> None:
    """Add new messages to every translation and drop those no longer used."""
    found = catalogue.update()
    click.echo(f"{len(found)} messages; fill in the empty ones under {SOURCE.name}/.")


@command.command()
def check() -> None:
    """List what is not translated; fails if there is anything."""
    faults = [
        f"{po.parts[-3]}: {fault}"
        for po in SOURCE.glob("*/LC_MESSAGES/messages.po")
        for fault in catalogue.missing(po)
    ]
    click.echo("\n".join(faults) or "Every message is translated.")
    sys.exit(bool(faults))


@command.command()
def extract() -> None:
    """Print every message there is to translate."""
    for message in catalogue.extract():
        if message.id:
            click.echo(message.id if isinstance(message.id, str) else message.id[0])
