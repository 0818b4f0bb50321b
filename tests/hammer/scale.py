"""How hard the suite hits: a little in `make test`, as long as it takes in `make torture`."""

import os


def blows(few: int, many: int) -> int:
    """Return how often to strike."""
    return many if os.environ.get("TORTURE") else few
