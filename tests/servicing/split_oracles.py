"""Other ways to the same split, slow and plain, which share no code with the one in use."""

import sqlite3
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor


def unit_by_unit(weights: Sequence[int], units: int, received: Sequence[int] = ()) -> list[int]:
    """Pay one unit after the other, each to the note whose next unit falls due earliest.

    Returns the number of the note that gets each unit.
    """
    whole, held, winners = sum(weights), list(received) or [0] * len(weights), []
    for paid in range(sum(held) + 1, sum(held) + units + 1):
        waiting = [
            (ceil(Fraction((held[note] + 1) * whole, weight)), note)
            for note, weight in enumerate(weights)
            if weight and held[note] < Fraction(paid * weight, whole)
        ]
        _, winner = min(waiting)
        held[winner] += 1
        winners.append(winner)
    return winners


def by_the_book(
    total_before: int, amount: int, weights: Sequence[int], received: Sequence[int]
) -> list[int]:
    """Follow the rule of the record of the decision, word by word, in exact fractions."""
    total, whole = total_before + amount, sum(weights)
    entitled = [Fraction(total * weight, whole) for weight in weights]
    pairs = list(zip(entitled, received, strict=True))
    slack = 0
    while sum(max(floor(due) - slack - has, 0) for due, has in pairs) > amount:
        slack += 1
    parts = [max(floor(due) - slack - has, 0) for due, has in pairs]
    units = sorted(
        (ceil(Fraction((unit + slack) * whole, weights[note])), note)
        for note, (due, has) in enumerate(pairs)
        for unit in range(has + parts[note] + 1, ceil(due) + 1)
    )
    for _, note in units[: amount - sum(parts)]:
        parts[note] += 1
    return parts


def in_sql(
    total_before: int, amount: int, weights: Sequence[int], received: Sequence[int]
) -> list[int]:
    """Split a payment on a life without reversals by window functions in a database."""
    rows = [
        (note, weight, has)
        for note, (weight, has) in enumerate(zip(weights, received, strict=True))
    ]
    with sqlite3.connect(":memory:") as book:
        book.execute("CREATE TABLE note (id INTEGER, weight INTEGER, received INTEGER)")
        book.executemany("INSERT INTO note VALUES (?, ?, ?)", rows)
        found = book.execute(
            """
            WITH entitled AS (
                SELECT id, weight, received, sum(weight) OVER () AS whole,
                       :total * weight / sum(weight) OVER () AS least,
                       :total * weight % sum(weight) OVER () > 0 AS has_fraction
                FROM note
            ), owed AS (
                SELECT *, max(least - received, 0) AS due,
                       has_fraction AND received <= least AS may_have_one_more
                FROM entitled
            ), ranked AS (
                SELECT *, :amount - sum(due) OVER () AS rest, row_number() OVER (
                    PARTITION BY may_have_one_more
                    ORDER BY ((max(received, least) + 1) * whole - 1) / weight, id
                ) AS turn
                FROM owed
            )
            SELECT due + (may_have_one_more AND turn <= rest) FROM ranked ORDER BY id
            """,
            {"total": total_before + amount, "amount": amount},
        ).fetchall()
    book.close()
    return [part for (part,) in found]


def can_stay_inside(weights: Sequence[int], received: Sequence[int]) -> bool:
    """Tell whether some rule can keep every note from falling a unit behind, for ever.

    It can exactly if until any later moment no more units fall due than are paid until then; from
    the next whole multiple of the principal on everything repeats.
    """
    whole, total = sum(weights), sum(received)
    return all(
        sum(
            max(moment * weight // whole - has, 0)
            for weight, has in zip(weights, received, strict=True)
        )
        <= moment - total
        for moment in range(total + 1, (total // whole + 2) * whole + 1)
    )
