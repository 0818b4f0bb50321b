"""Signatures under seals: Ed25519 (RFC 8032)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ID = 16  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A private key, as its 32 bytes."""

    seed: bytes = field(repr=False)

    @property
    def public(self) -> str:
        """The public key, in hexadecimal digits."""
        return self._key.public_key().public_bytes_raw().hex()

    @property
    def id(self) -> str:
        """What the key is called: the beginning of its public part's hash."""
        return key_id(self.public)

    def sign(self, message: bytes) -> str:
        """Return the signature, in hexadecimal digits."""
        return self._key.sign(message).hex()

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def key_id(public: str) -> str:
    """Return what a public key is called."""
    return sha256(bytes.fromhex(public)).hexdigest()[:ID]


def trusting(publics: Iterable[str]) -> frozenset[str]:
    """Return the ids of these public keys."""
    return frozenset(key_id(public) for public in publics)


def is_signed(public: str, signature: str, message: bytes) -> bool:
    """Say whether the signature is this key's, of this message; nonsense is not.

    Either can be written in one way only: capitals and spaces are somebody's change.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(_read(public))
        key.verify(_read(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(digits: str) -> bytes:
    octets = bytes.fromhex(digits)
    if octets.hex() != digits:
        raise ValueError("written in another way than ours")
    return octets
