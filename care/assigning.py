"""Who of several owns a new loan."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from care.errors import NobodyToOwn


def choose(rule: str, people: Sequence[UUID], *, load: Mapping[UUID, int], taken: int) -> UUID:
    """Return who is next.

    Args:
        rule: `load` for whoever has the fewest open files, `round_robin` for one after the other.
        people: who may own a loan.
        load: how many open files each has; who has none may be missing.
        taken: how many files were ever opened.

    Raises:
        NobodyToOwn: there are no people.
    """
    if not people:
        raise NobodyToOwn
    order = sorted(people)
    if rule == "round_robin":
        return order[taken % len(order)]
    return min(order, key=lambda person: load.get(person, 0))
