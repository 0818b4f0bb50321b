"""Commands for people; the only way to make an operator."""

import click

from kernel import DomainError
from marketplace import accounts, clock, errors, passwords
from marketplace.db import in_transaction
from marketplace.models import Role


@click.group("user")
def command() -> None:
    """Open accounts."""


@command.command()
@click.argument("email")
@click.option("--name", required=True, help="What the person is called.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.password_option(help="Asked for if not given.")
def create(email: str, name: str, role: str, password: str) -> None:
    """Open an account for EMAIL."""
    hashed = passwords.hash_password(password)
    try:
        user = in_transaction(
            lambda session: accounts.register(
                session,
                email=email,
                name=name,
                password_hash=hashed,
                role=Role(role),
                at=clock.now(),
            )
        )
    except DomainError as error:
        raise click.ClickException(errors.message(error)) from error
    click.echo(f"{user.email} can sign in as {role}.")
