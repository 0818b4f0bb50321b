"""Print what thinner and thicker slices buy: `python -m benchmarks.fairness.frontier`."""

from benchmarks.fairness.days import live
from benchmarks.fairness.measures import measure
from benchmarks.fairness.rules import fair_slice
from benchmarks.fairness.worlds import crowd, loans
from matching import run

# How many slices the cap of a mandate would have that matches all listings; eight is the most.
CHOICES = (4, 8, 12, 16, 10**6)


def main() -> None:
    asked = loans()
    print("slices", "ratio", "hindsight gap", "Gini in class", "effective loans", sep="\t")
    for slices in CHOICES:
        run.SLICES_OF_ALL = slices
        for ratio in (0.8, 1.5, 3.0):
            who = crowd(asked, ratio=ratio, mix="narrow", balances="pareto", seed=1)
            found = measure(live(asked, who, fair_slice, seed=1))
            figures = (found.hindsight_gap, found.gini_in_class, found.spread)
            print(slices, ratio, *(f"{figure:.4g}" for figure in figures), sep="\t", flush=True)


if __name__ == "__main__":
    main()
