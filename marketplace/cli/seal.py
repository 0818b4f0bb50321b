"""The seals of the book, from the command line."""

import click

import escrow
from marketplace import clock, sealing
from marketplace.db import reader


@click.command("seal")
@click.option("--public-key", is_flag=True, help="Print the public key instead, to publish it.")
def command(*, public_key: bool) -> None:
    """Seal what is new in the book and print the newest seal.

    The worker does the same every few minutes. Note the last line elsewhere: `flask verify --head`
    holds the book to it.
    """
    if public_key:
        click.echo(sealing.key().public)
        return
    seals = sealing.seal_all(clock.now())
    click.echo(f"{seals} new seals, signed by key {sealing.key().id}.")
    with reader() as session:
        newest = escrow.last_seal(session)
        if newest is not None:
            click.echo(f"{newest.id}:{escrow.seal_hash(newest)}")
