"""The pages: one module per noun, each with a `blueprint`."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask


def init_pages(app: Flask) -> None:
    """Register the blueprint of every module of this package that has one."""
    for module in sorted(iter_modules(__path__), key=lambda found: found.name):
        page = import_module(f"{__name__}.{module.name}")
        if hasattr(page, "blueprint"):
            app.register_blueprint(page.blueprint)
