"""Print how the rules of marketplaces compare: `python -m benchmarks.fairness [--help]`."""

import argparse
import time
from dataclasses import astuple, fields

from benchmarks.fairness.days import live
from benchmarks.fairness.measures import Measures, measure
from benchmarks.fairness.rules import RULES
from benchmarks.fairness.worlds import BALANCES, MIXES, crowd, loans


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fairness", description=__doc__)
    parser.add_argument("--rules", nargs="*", default=list(RULES), choices=RULES)
    parser.add_argument("--ratios", nargs="*", type=float, default=[0.8, 1.5, 3.0])
    parser.add_argument("--mixes", nargs="*", default=list(MIXES), choices=MIXES)
    parser.add_argument("--balances", nargs="*", default=["pareto"], choices=BALANCES)
    parser.add_argument("--seeds", nargs="*", type=int, default=[1, 2, 3])
    wanted = parser.parse_args()
    asked = loans()
    names = [field.name for field in fields(Measures)]
    print("rule", "ratio", "mix", "balances", "seed", *names, "seconds", sep="\t")
    for ratio in wanted.ratios:
        for mix in wanted.mixes:
            for balances in wanted.balances:
                for seed in wanted.seeds:
                    who = crowd(asked, ratio=ratio, mix=mix, balances=balances, seed=seed)
                    for rule in wanted.rules:
                        begun = time.process_time()
                        life = live(asked, who, RULES[rule], seed=seed)
                        took = time.process_time() - begun
                        figures = (f"{value:.4g}" for value in astuple(measure(life)))
                        line = (rule, ratio, mix, balances, seed, *figures, f"{took:.1f}")
                        print(*line, sep="\t", flush=True)


if __name__ == "__main__":
    main()
