"""A demo bank that behaves like Stripe: stateful, strict, and obedient to tests.

It is used through the real `stripe` package by base address, refuses what the installed package
does not know, and answers only what it does know.
"""

from simulator.deliveries import Delivery
from simulator.harness import KEY, SECRET, Simulator
from simulator.store import Store
from simulator.web import create_app

__all__ = ["KEY", "SECRET", "Delivery", "Simulator", "Store", "create_app"]
