"""Check a proof from a lender's statement, with nothing but Python.

    python check_proof.py PROOF.json [--key PUBLIC_KEY]

A proof shows that the lines in it are part of the sealed book: the lines lead to their entry, the
entry and the account to the roots of their seals, and the seals are signed. Whose key signed them
is for you to know: compare it with the one that the marketplace has published, or give it as
`--key`. This file stands alone, so that it can be read, copied and run anywhere.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

FORMAT = "tessera-proof-1"
HEADER = 8  # lines of an entry before its memo
KEY, SIGNATURE = 32, 64  # octets


class Refused(Exception):
    """The proof does not hold."""


def main() -> None:
    """Check the file that the command line names, and print what it proves."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("proof", type=Path, help="the file that you downloaded")
    parser.add_argument("--key", help="the public key that must have signed it, 64 digits")
    asked = parser.parse_args()
    try:
        for line in check(json.loads(asked.proof.read_text(encoding="utf-8")), key=asked.key):
            print(line)
    except Refused as why:
        sys.exit(f"NOT PROVED: {why}")
    except (KeyError, TypeError, ValueError) as trouble:
        sys.exit(f"NOT PROVED: this is not a proof ({type(trouble).__name__}: {trouble})")


def check(proof: Mapping[str, Any], *, key: str | None = None) -> list[str]:
    """Return what a proof proves, line by line.

    Raises:
        Refused: it proves nothing; the message says where it breaks.
    """
    require(proof["format"] == FORMAT, f"its format is not {FORMAT}")
    account = fields(proof["account"]["text"], "account", 7)
    entry = header(proof["entry"]["text"])
    lines = int(entry["lines"])
    roots = {line_root(line, account[1], entry["id"], lines) for line in proof["lines"]}
    require(len(roots) == 1, "its lines do not lead to one entry")
    leaf = hashed(
        b"\0", roots.pop(), hexed(proof["entry"]["hidden"]), proof["entry"]["text"].encode()
    )
    check_seal(proof["seal"], climb(leaf, proof["entry"]["path"], proof["seal"]["leaves"]), key)
    account_leaf = hashed(b"\0", proof["account"]["text"].encode())
    check_seal(
        proof["account"]["seal"],
        climb(account_leaf, proof["account"]["path"], proof["account"]["seal"]["leaves"]),
        key,
    )
    seal = proof["seal"]
    return [
        f"PROVED: entry {entry['id']} counts from {entry['effective_on']}"
        + (f", {entry['memo']!r}" if entry["memo"] else ""),
        f"  account {account[1]} ({account[2]}, {account[4]}) belongs to {account[3]}",
        *(f"  {told(line['text'], account[1])}" for line in proof["lines"]),
        f"  in seal {seal['number']} of {seal['sealed_at']} UTC, signed by key {seal['key']}",
    ]


def line_root(line: Mapping[str, Any], account: str, entry: str, lines: int) -> bytes:
    """Return the root to which a line leads, if it is the account's and the entry's."""
    words = fields(line["text"], "posting", 9)
    require(words[1] == entry, "a line is of another entry")
    require(account in words[4:6], "a line is of another account")
    return climb(hashed(b"\0", hexed(line["salt"]), line["text"].encode()), line["path"], lines)


def told(text: str, account: str) -> str:
    """Say what a line means to its account; the amount is in the currency's smallest unit."""
    _, _, seq, movement, source, _, amount, currency, _ = text.splitlines()
    sign = "-" if source == account else "+"
    return f"line {seq}: {movement} {sign}{amount} {currency} (smallest units)"


def header(text: str) -> dict[str, str]:
    """Read what an entry tells of itself."""
    *words, rest = text.split("\n", HEADER)
    require(len(words) == HEADER and words[0] == "entry", "its entry is none")
    memo = rest.encode()[: int(words[7])]
    require(memo + b"\n" == rest.encode(), "the memo has another length than it says")
    names = ("kind", "id", "at", "effective_on", "recorded_at", "lines", "reverses")
    return {**dict(zip(names, words, strict=False)), "memo": memo.decode()}


def fields(text: str, kind: str, count: int) -> list[str]:
    """Read the lines of a text of a kind."""
    words = text.removesuffix("\n").split("\n")
    require(len(words) == count and words[0] == kind, f"its {kind} is none")
    return words


def check_seal(seal: Mapping[str, Any], root: bytes, key: str | None) -> None:
    """Require that a seal has this root and is signed."""
    require(root.hex() == seal["root"], f"it does not lead to the root of seal {seal['number']}")
    require(key in (None, seal["key"]), "its seal was signed by another key than yours")
    key_id = sha256(hexed(seal["key"])).hexdigest()[:16]
    names = ("number", "previous", "through_account", "through_entry", "leaves", "root", "content")
    words = ["tessera seal", *(seal[name] for name in names), seal["sealed_at"], key_id]
    message = "".join(f"{word}\n" for word in words).encode()
    signed = is_signed(hexed(seal["key"]), hexed(seal["signature"]), message)
    require(signed, f"the signature of seal {seal['number']} is wrong")


def climb(leaf: bytes, path: Mapping[str, Any], size: int) -> bytes:
    """Return the root to which a leaf leads in a tree of this size, by RFC 6962."""
    require(path["size"] == size, "a path is one of another tree")
    place, last, hashes = path["index"], path["size"] - 1, [hexed(each) for each in path["hashes"]]
    require(0 <= place <= last, "a path begins outside its tree")
    found = leaf
    while last > 0:
        if place % 2 == 1 or place < last:
            require(bool(hashes), "a path is too short")
            other = hashes.pop(0)
            found = hashed(b"\1", *((other, found) if place % 2 == 1 else (found, other)))
        place, last = place // 2, last // 2
    require(not hashes, "a path is too long")
    return found


def hashed(*parts: bytes) -> bytes:
    """Return the SHA-256 of all parts together."""
    return sha256(b"".join(parts)).digest()


def hexed(text: str) -> bytes:
    """Read hexadecimal digits."""
    return bytes.fromhex(text)


def require(holds: bool, why: str) -> None:  # noqa: FBT001 - it reads as a sentence
    """Refuse the proof unless something holds."""
    if not holds:
        raise Refused(why)


# --- Ed25519, as RFC 8032 (section 5.1) describes it ---------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

# A point of the curve as X, Y, Z and T, with x = X / Z, y = Y / Z and x * y = T / Z.
Point = tuple[int, int, int, int]


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether the signature of a message is this key's."""
    if len(public) != KEY or len(signature) != SIGNATURE:
        return False
    key, commitment = point(public), point(signature[:KEY])
    response = int.from_bytes(signature[KEY:], "little")
    if key is None or commitment is None or response >= ORDER:
        return False
    digest = sha512(signature[:KEY] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return same(multiplied(response, BASE), added(commitment, multiplied(challenge, key)))


def point(data: bytes) -> Point | None:
    """Read a point of the curve."""
    number = int.from_bytes(data, "little")
    y, odd = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


def added(one: Point, other: Point) -> Point:
    """Add two points."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiplied(times: int, one: Point) -> Point:
    """Add a point to itself so many times."""
    total: Point = (0, 1, 1, 0)
    while times:
        if times & 1:
            total = added(total, one)
        one, times = added(one, one), times >> 1
    return total


def same(one: Point, other: Point) -> bool:
    """Say whether two points are one."""
    crossed = (one[0] * other[2] - other[0] * one[2], one[1] * other[2] - other[1] * one[2])
    return all(each % P == 0 for each in crossed)


_BASE_Y = 4 * pow(5, -1, P) % P
_BASE = point(_BASE_Y.to_bytes(32, "little"))
assert _BASE is not None
BASE: Point = _BASE

if __name__ == "__main__":
    main()
