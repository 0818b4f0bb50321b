"""The demo marketplace: filled, and whom one may be in it."""

import click
from flask import current_app
from sqlalchemy import exists, select

from marketplace import clock, demo, sealing
from marketplace.db import reader
from marketplace.models import User


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Do nothing where people have accounts already.")
@click.option("--logins", is_flag=True, help="Only print whom one may sign in as.")
def command(*, if_empty: bool, logins: bool) -> None:
    """Fill an empty database with a marketplace that has a past.

    Its people, applications, loans and payments come about through the same operations that the web
    uses, over the fourteen months before today.
    """
    if logins:
        _print_logins()
        return
    if not current_app.config["DEMO"]:
        raise click.ClickException("This is no demo; set DEMO=1 to allow invented people.")
    if _has_people():
        if if_empty:
            _open_the_bank(again=False)
            return
        raise click.ClickException(
            "People have accounts in this database; name another with DATABASE_URL."
        )
    click.echo("Filling the demo marketplace: fourteen months of loans and payments ...")
    demo.fill(clock.today())
    # Its investors find proofs from the first minute on.
    sealing.seal_all(clock.now())
    _open_the_bank(again=True)


def _open_the_bank(*, again: bool) -> None:
    if current_app.config["DEMO_BANK"]:
        from marketplace.demo import bank  # noqa: PLC0415 - only a demo has a use for it

        bank.open_accounts(again=again)


def _has_people() -> bool:
    with reader() as session:
        return bool(session.scalar(select(exists().where(User.id.is_not(None)))))


def _print_logins() -> None:
    click.echo(f"Sign in with the password {demo.PASSWORD} as")
    for person in demo.LOGINS:
        click.echo(f"  {person.role.value:<9} {person.email}")
