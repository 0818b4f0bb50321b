"""What limits by group still allow while a plan is made: of a borrower, a grade, a purpose."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from matching.columns import Ints, Limits
from matching.market import LARGEST


@dataclass(slots=True, eq=False)
class Allowance:
    """One row per limited pair of mandate and group, in the order of `pairs`."""

    groups: Ints  # listing x any number, as codes from 1 up; 0 is no group
    width: int
    pairs: Ints  # mandate * width + group's code, ascending
    left: Ints
    order: Ints  # the rows of the limits that these are

    @classmethod
    def of(cls, limits: Limits, groups: Ints) -> Self:
        """Number the groups that limit anybody; all others do not matter."""
        known = np.unique(limits.group)
        codes = np.searchsorted(known, groups) + 1
        codes[~np.isin(groups, known)] = 0
        width = known.size + 1
        pairs = limits.mandate * width + np.searchsorted(known, limits.group) + 1
        order = np.argsort(pairs)
        return cls(
            groups=codes, width=width, pairs=pairs[order], left=limits.left[order], order=order
        )

    def under(self, listing: int, mandates: Ints) -> Ints:
        """Return what mandates may still place in a listing, as far as groups limit it."""
        least = np.full_like(mandates, LARGEST)
        for group in self._groups(listing):
            rows, known = self._rows(group, mandates)
            least[known] = np.minimum(least[known], self.left[rows])
        return least

    def take(self, listing: int, mandates: Ints, amounts: Ints) -> None:
        """Count what mandates have placed in a listing."""
        for group in self._groups(listing):
            rows, known = self._rows(group, mandates)
            self.left[rows] -= amounts[known]

    def _groups(self, listing: int) -> list[int]:
        return [code for code in self.groups[listing].tolist() if code]

    def _rows(self, group: int, mandates: Ints) -> tuple[Ints, Ints]:
        """Return the rows of those mandates that the group limits, and which of them these are."""
        pairs = mandates * self.width + group
        rows: Ints = np.minimum(np.searchsorted(self.pairs, pairs), self.pairs.size - 1)
        known = np.flatnonzero(self.pairs[rows] == pairs)
        return rows[known], known
