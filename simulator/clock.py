"""The bank's clock: when it moves, what was to happen happens, in order."""

from contextlib import suppress

from simulator.call import Call, Params
from simulator.errors import Refusal
from simulator.routes import DEEDS
from simulator.store import Turn


def catch_up(turn: Turn, *, base: str = "") -> int:
    """Let everything happen that is due by now; return how much it was."""
    return advance(turn, turn.now, base=base)


def advance(turn: Turn, until: int, *, base: str = "") -> int:
    """Move the clock, stopping at each moment at which something happens; return how much did."""
    count = 0
    while (due := turn.take_due(until)) is not None:
        at, deed, subject = due
        if at > turn.now:
            turn.set_now(at)
        body = turn.find(subject)
        if body is not None:
            call = Call(turn, Params({}), account=turn.owner(subject), base=base)
            with suppress(Refusal), turn.part():  # it came too late, and nothing of it stays
                DEEDS[deed](call, body)
            count += 1
    if until > turn.now:
        turn.set_now(until)
    return count
