"""The parts of the shell, put around an application."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace.assets import init_assets
from marketplace.cli import init_commands
from marketplace.clock import system_clock
from marketplace.db import init_database
from marketplace.demo_bank import init_demo_bank
from marketplace.errands import init_errands
from marketplace.errors import init_errors
from marketplace.formats import init_formats
from marketplace.headers import init_headers
from marketplace.i18n import init_i18n
from marketplace.mail import init_mail
from marketplace.people import init_people
from marketplace.templating import init_templating
from marketplace.vocabulary import init_vocabulary
from marketplace.web import init_pages
from marketplace.words import init_words

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Give a bare application its database, people, languages, pages, commands and headers."""
    app.config.setdefault("CLOCK", system_clock)
    init_demo_bank(app)
    _trust_proxies(app)
    init_database(app)
    csrf.init_app(app)
    init_people(app)
    init_i18n(app)
    init_formats(app)
    init_words(app)
    init_vocabulary(app)
    init_templating(app)
    init_assets(app)
    init_headers(app)
    init_errors(app)
    init_mail(app)
    init_errands()
    init_pages(app)
    # Stripe signs what it posts; no page of ours sends it.
    csrf.exempt(app.view_functions["webhooks.stripe"])
    init_commands(app)


def _trust_proxies(app: Flask) -> None:
    """Believe the forwarded address and scheme of as many proxies as the settings name."""
    count = app.config["TRUSTED_PROXIES"]
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
