"""What a lender writes on a transfer so that it is known whose it is: ISO 11649, "RF".

Two check digits (modulo 97, as in an IBAN) tell a slip of the pen from somebody else's reference.
Only letters follow them: each counts as two digits, so that one wrong sign is always found. Where a
letter and a digit could be taken for each other, the length would change, and one in 97 not be.
"""

import re
from hashlib import sha256
from uuid import UUID

# None that is taken for a digit.
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12
PATTERN = re.compile(rf"RF\d\d[{SIGNS}]{{{LENGTH}}}")
NINETY_SEVEN = 97
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
NUMBER = re.compile(r"\d{4,34}")


def reference_for(owner_id: UUID, *, attempt: int = 0) -> str:
    """Return a reference for an owner, with its check digits."""
    digest = sha256(f"{owner_id}:{attempt}".encode()).digest()
    body = "".join(SIGNS[byte % len(SIGNS)] for byte in digest[:LENGTH])
    return f"RF{98 - _remainder(body + 'RF00'):02}{body}"


def references_in(text: str) -> list[str]:
    """Return the references in a text whose check digits are right, each once."""
    packed = re.sub(r"[^0-9A-Z]", "", text.upper())
    found = (packed[match.start() : match.start() + 4 + LENGTH] for match in _starts(packed))
    return list(dict.fromkeys(each for each in found if is_reference(each)))


def is_reference(text: str) -> bool:
    """Say whether a text is a reference with the right check digits."""
    return bool(PATTERN.fullmatch(text)) and _remainder(text[4:] + text[:4]) == 1


def is_account_number(text: str) -> bool:
    """Say whether a text may be an account: an IBAN with the right check digits, or a plain number.

    Two letters and two digits begin an IBAN (ISO 13616), whose check is modulo 97; of numbers
    without a country there is no common check.
    """
    packed = packed_number(text)
    if re.match(r"[A-Z]{2}", packed):
        return bool(IBAN.fullmatch(packed)) and _remainder(packed[4:] + packed[:4]) == 1
    return bool(NUMBER.fullmatch(packed))


def packed_number(text: str) -> str:
    """Return an account number without what people put between its digits."""
    return re.sub(r"[\s-]", "", text.upper())


def shown(reference: str) -> str:
    """Return a reference in groups of four, as people copy it."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def _starts(packed: str) -> list[re.Match[str]]:
    """Return where a reference may begin; they may overlap with other words."""
    return list(re.finditer(r"(?=RF\d\d)", packed))


def _remainder(text: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in text)) % NINETY_SEVEN
