"""Passwords: argon2id, with the parameters OWASP names as a minimum."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import CHEAPEST
from flask import current_app

# OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane.
_STANDARD = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_CHEAPEST = PasswordHasher.from_parameters(CHEAPEST)

# What is checked where there is no account, so that its absence takes as long to find out.
_NOBODY = {hasher: hasher.hash("nobody") for hasher in (_STANDARD, _CHEAPEST)}


def hash_password(password: str) -> str:
    """Return what is stored instead of the password."""
    return _hasher().hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Say whether the password matches; takes the same time where nothing is stored."""
    hasher = _hasher()
    try:
        hasher.verify(stored or _NOBODY[hasher], password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Say whether the stored hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(stored)


def _hasher() -> PasswordHasher:
    return _CHEAPEST if current_app.config["PASSWORD_PROFILE"] == "cheapest" else _STANDARD
