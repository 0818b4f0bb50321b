"""Whoever carries events to their listeners while the demo bank runs."""

import logging
from threading import Event

from simulator.clock import catch_up
from simulator.deliveries import send_due
from simulator.store import Store

log = logging.getLogger(__name__)
PAUSE = 0.3


class Postman:
    """Posts deliveries that are due, and lets the clock bring about what falls due."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._over = Event()

    def run(self) -> None:
        """Work until told to stop; several postmen never carry one letter twice."""
        while not self._over.wait(PAUSE):
            try:
                with self._store.turn() as turn:
                    catch_up(turn)
                send_due(self._store)
            except Exception:
                log.exception("the demo bank's postman stumbled")

    def stop(self) -> None:
        """Stop after the letter in hand."""
        self._over.set()
