"""The experiment on fairness: real loans, invented lenders, sixty days, one rule after another."""
