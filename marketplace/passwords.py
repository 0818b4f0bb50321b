"""Passwords: argon2id, with the parameters OWASP names as a minimum."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import CHEAPEST
from flask import current_app

# OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane.
_STANDARD = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_CHEAPEST = PasswordHasher.from_parameters(CHEAPEST)


def hash_password(password: str) -> str:
    """Return what is stored instead of the password."""
    return _hasher().hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Say whether the password matches; takes the same time where nothing is stored."""
    try:
        _hasher().verify(stored or _hash_of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Say whether the stored hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(stored)


@cache
def _hash_of_nobody() -> str:
    """Return what is checked where there is no account, so that its absence takes as long."""
    return _STANDARD.hash("nobody")


def _hasher() -> PasswordHasher:
    cheap = current_app.config["PASSWORD_PROFILE"] == "cheapest"  # noqa: S105 - not a password
    return _CHEAPEST if cheap else _STANDARD
