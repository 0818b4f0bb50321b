"""Settings: read once at start-up, every missing or unusable one named at the same time."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from environs import Env, validate
from environs.exceptions import EnvValidationError

from kernel import database_url, engine_options

DEMO_SECRET = "for-the-demo-only"  # noqa: S105 - refused outside the demo
SHORTEST_SECRET = 32
SECRET_ADVICE = (
    f"Set at least {SHORTEST_SECRET} random characters "
    '(python -c "import secrets; print(secrets.token_hex(32))"), or DEMO=1 to look around.'
)

SEED = "^([0-9a-f]{64})?$"
SEED_ADVICE = (
    'Set 64 hexadecimal digits (python -c "import secrets; print(secrets.token_hex(32))").'
)


class UnusableSettings(SystemExit):
    """The process cannot start; the text says which settings to mend."""


def read_settings(given: Mapping[str, Any], *, instance: Path) -> dict[str, Any]:
    """Read the environment, let `given` overrule it, and return Flask's configuration.

    Args:
        given: settings by name, such as a test passes; they win over the environment.
        instance: the directory for files of this installation, such as the SQLite database.

    Raises:
        UnusableSettings: one line for every setting that is missing or unusable.
    """
    env = Env(eager=False)
    settings = _declared(env, instance) | _mail(env) | _people(env) | _payments(env)
    errors = dict(_sealed(env))
    settings.update(given)
    if settings["CONFIRM_ADDRESSES"] is None:
        settings["CONFIRM_ADDRESSES"] = not settings["DEMO"]
    if settings["DEMO"] and not settings["SECRET_KEY"]:
        settings["SECRET_KEY"] = DEMO_SECRET
    if not settings["DEMO"] and not _is_secret(settings["SECRET_KEY"]):
        errors["SECRET_KEY"] = [SECRET_ADVICE]
    if settings["STRIPE_SECRET_KEY"] and not settings["STRIPE_WEBHOOK_SECRET"]:
        errors["STRIPE_WEBHOOK_SECRET"] = ["Set what Stripe signs its webhooks with (whsec_…)."]
    _refuse(errors)
    return settings | _derived(settings)


def _declared(env: Env, instance: Path) -> dict[str, Any]:
    return {
        "DEMO": env.bool("DEMO", False),
        "SECRET_KEY": env.str("SECRET_KEY", ""),
        "DATABASE_URL": env.str("DATABASE_URL", f"sqlite:///{instance / 'tessera.db'}"),
        "HTTPS": env.bool("HTTPS", False),
        "TRUSTED_PROXIES": env.int("TRUSTED_PROXIES", 0, validate=validate.Range(min=0)),
        "TRUSTED_HOSTS": env.list("TRUSTED_HOSTS", []) or None,
        "TIMEZONE": env.str("TIMEZONE", "UTC", validate=validate.OneOf(available_timezones())),
        "MAX_CONTENT_LENGTH": env.int("MAX_CONTENT_LENGTH", 1024 * 1024),
        "SEAL_KEY": env.str("SEAL_KEY", "", validate=validate.Regexp(SEED, error=SEED_ADVICE)),
        "SEAL_KEY_FILE": env.str("SEAL_KEY_FILE", str(instance / "seal.key")),
        "SEAL_OLD_KEYS": env.list("SEAL_OLD_KEYS", []),
        # What of a new listing mandates leave to orders by hand, and for how long.
        "MANUAL_SHARE_PERCENT": env.int(
            "MANUAL_SHARE_PERCENT", 0, validate=validate.Range(min=0, max=100)
        ),
        "MANUAL_HOURS": env.int("MANUAL_HOURS", 24, validate=validate.Range(min=0)),
    }


def _mail(env: Env) -> dict[str, Any]:
    return {
        "MAILER": env.str(
            "MAILER", "console", validate=validate.OneOf(["console", "memory", "smtp"])
        ),
        "MAIL_FROM": env.str("MAIL_FROM", "Tessera <no-reply@tessera.example>"),
        "SMTP_HOST": env.str("SMTP_HOST", "127.0.0.1"),
        "SMTP_PORT": env.int("SMTP_PORT", 25),
        "SMTP_USERNAME": env.str("SMTP_USERNAME", ""),
        "SMTP_PASSWORD": env.str("SMTP_PASSWORD", ""),
        "SMTP_STARTTLS": env.bool("SMTP_STARTTLS", False),
        # Who is written to when a case of after-loan care is escalated.
        "CARE_RISK_MAIL": env.str("CARE_RISK_MAIL", "risk@tessera.example"),
        "CARE_MANAGEMENT_MAIL": env.str("CARE_MANAGEMENT_MAIL", "management@tessera.example"),
    }


def _payments(env: Env) -> dict[str, Any]:
    return {
        # With a key money is carried by Stripe; without one by the embedded demo bank.
        "STRIPE_SECRET_KEY": env.str("STRIPE_SECRET_KEY", ""),
        "STRIPE_WEBHOOK_SECRET": env.str("STRIPE_WEBHOOK_SECRET", ""),
        # Another address than Stripe's own: a demo bank that speaks as Stripe does.
        "STRIPE_ADDRESS": env.str("STRIPE_ADDRESS", ""),
        # Where the demo bank keeps what it knows, if this site shows its pages.
        "DEMO_BANK": env.str("DEMO_BANK", ""),
        # The house's own account at a bank, where client money may rest instead.
        "BANK_NAME": env.str("BANK_NAME", ""),
        "BANK_ACCOUNT_HOLDER": env.str("BANK_ACCOUNT_HOLDER", ""),
        "BANK_ACCOUNT": env.str("BANK_ACCOUNT", ""),
        "BANK_CODE": env.str("BANK_CODE", ""),  # BIC or routing number
        "STRIPE_PATIENCE": env.float("STRIPE_PATIENCE", 20.0),  # seconds
    }


def _people(env: Env) -> dict[str, Any]:
    positive = validate.Range(min=1)
    return {
        "PASSWORD_PROFILE": env.str(
            "PASSWORD_PROFILE", "standard", validate=validate.OneOf(["standard", "cheapest"])
        ),
        "CONFIRM_ADDRESSES": env.bool("CONFIRM_ADDRESSES", None),
        "PASSWORD_MIN_LENGTH": env.int("PASSWORD_MIN_LENGTH", 10, validate=validate.Range(min=8)),
        "SESSION_IDLE_MINUTES": env.int("SESSION_IDLE_MINUTES", 15, validate=positive),
        "SESSION_LIFE_HOURS": env.int("SESSION_LIFE_HOURS", 12, validate=positive),
        "LOGIN_WINDOW_MINUTES": env.int("LOGIN_WINDOW_MINUTES", 15, validate=positive),
        "LOGIN_FAILURES_PER_ACCOUNT": env.int("LOGIN_FAILURES_PER_ACCOUNT", 5, validate=positive),
        "LOGIN_FAILURES_PER_ADDRESS": env.int("LOGIN_FAILURES_PER_ADDRESS", 50, validate=positive),
    }


def _sealed(env: Env) -> Mapping[str, list[str]]:
    try:
        env.seal()
    except EnvValidationError as error:
        messages: Mapping[str, list[str]] = error.error_messages  # type: ignore[assignment]
        return messages
    return {}


def _is_secret(value: str) -> bool:
    return value != DEMO_SECRET and len(value) >= SHORTEST_SECRET


def _refuse(errors: Mapping[str, list[str]]) -> None:
    if errors:
        lines = [f"  {name}: {' '.join(why)}" for name, why in sorted(errors.items())]
        raise UnusableSettings("Tessera cannot start. Mend these settings:\n" + "\n".join(lines))


def _derived(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Flask and its extensions read, following from the settings above."""
    url = database_url(settings["DATABASE_URL"])
    https = settings["HTTPS"]
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(url),
        "SESSION_COOKIE_NAME": "__Host-tessera" if https else "tessera",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings["SESSION_LIFE_HOURS"]),
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        # A form may stay open as long as the session that it belongs to.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": https,
    }
