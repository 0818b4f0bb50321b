"""A marketplace with a past, for whoever looks at it for the first time.

Everything in it came about through the operations that people use, dated back from today; nothing
is written into the tables directly.
"""

from marketplace.demo.cast import LOGINS, PASSWORD
from marketplace.demo.scenario import fill

__all__ = ["LOGINS", "PASSWORD", "fill"]
