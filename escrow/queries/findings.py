"""What the proof of the book says."""

from dataclasses import dataclass

MOST = 1000  # findings of one kind; a book that is wrong in more places is wrong all over


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what kind of fault, where, and by how much."""

    code: str
    subject: str
    detail: str
