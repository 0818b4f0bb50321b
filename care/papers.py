"""Which files are kept: told by their first bytes, never by their name."""

import re

from care.errors import DocumentTooLarge, UnusableDocument
from care.policy import monitoring

SIGNS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
LONGEST_NAME = 120
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


def checked(content: bytes) -> str:
    """Return the media type of a file that may be kept.

    Raises:
        DocumentTooLarge: it is larger than the policy allows.
        UnusableDocument: it is empty, or of no type that is kept.
    """
    policy = monitoring()["documents"]
    if len(content) > policy["most_bytes"]:
        raise DocumentTooLarge(size=len(content), most=policy["most_bytes"])
    found = next((kind for sign, kind in SIGNS.items() if content.startswith(sign)), None)
    if found not in policy["types"]:
        raise UnusableDocument
    return str(found)


def safe_name(name: str, media_type: str) -> str:
    """Return the name a file is offered under: no folder, no control signs, its true ending."""
    last = re.split(r"[/\\]", name)[-1]
    stem = re.sub(r"[^\w \-.()]", "", last).rpartition(".")[0] or re.sub(r"[^\w -]", "", last)
    stem = stem.strip(" .")[: LONGEST_NAME - 5]
    return (stem or "document") + ENDINGS[media_type]
