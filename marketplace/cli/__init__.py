"""The commands: `flask --help` lists them.

Every module of this package that has a `command`, a click command or group, is registered.
"""

from copy import copy
from importlib import import_module
from pkgutil import iter_modules

import click
from flask import Flask
from flask.cli import with_appcontext


def init_commands(app: Flask) -> None:
    """Register the command of every module of this package that has one."""
    for module in iter_modules(__path__):
        command = getattr(import_module(f"{__name__}.{module.name}"), "command", None)
        if command is not None:
            app.cli.add_command(_inside_the_app(command))


def _inside_the_app(command: click.Command) -> click.Command:
    """Return a copy of the command that finds an application context wherever it is called."""
    ours = copy(command)
    if isinstance(ours, click.Group):
        ours.commands = {name: _inside_the_app(each) for name, each in ours.commands.items()}
    elif ours.callback:
        ours.callback = with_appcontext(ours.callback)
    return ours
