"""What became of a published case."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a published case stands to ours."""

    MATCHES = "matches"
    DIFFERS = "differs by choice"
    NOT_OFFERED = "not offered"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One case.

    Attributes:
        case: its id in the published file.
        outcome: how it stands to ours.
        how: the convention by which it is met, or the reason why it is not.
    """

    case: str
    outcome: Outcome
    how: str


def compared(case: str, differences: list[str], how: str) -> Verdict:
    """Return that a case matches under a convention or, with the first differences, is wrong."""
    if differences:
        return Verdict(case, Outcome.WRONG, "; ".join(differences[:3]))
    return Verdict(case, Outcome.MATCHES, how)
