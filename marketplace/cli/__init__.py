"""The commands: `flask --help` lists them.

Every module of this package that has a `command`, a click command or group, is registered.
"""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask


def init_commands(app: Flask) -> None:
    """Register the command of every module of this package that has one."""
    for module in iter_modules(__path__):
        command = getattr(import_module(f"{__name__}.{module.name}"), "command", None)
        if command is not None:
            app.cli.add_command(command)
