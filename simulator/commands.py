"""What can be commanded of the demo bank; the control API and the tests' `Simulator` share it."""

from datetime import datetime
from typing import Any

from simulator import deliveries as post
from simulator import faults, forgery, funds
from simulator.call import Call, Params
from simulator.clock import advance, catch_up
from simulator.errors import Body, no_such
from simulator.resources import accounts, charging, disputes, payouts, refunds
from simulator.store import Store, Turn


def clock(
    store: Store,
    *,
    days: float = 0,
    seconds: float = 0,
    to: str | None = None,
    freeze: bool | None = None,
) -> Body:
    """Move the clock forward, and let happen what falls due; or freeze it, or let it run."""
    with store.turn() as turn:
        if freeze is not None:
            now = turn.now
            turn.put_setting("clock", {"frozen": now if freeze else None, "offset": 0})
            turn.set_now(now)
        moment = turn.now + int(days * funds.DAY + seconds)
        if to is not None:
            moment = int(datetime.fromisoformat(to).timestamp())
        happened = advance(turn, moment)
        return {"now": turn.now, "happened": happened}


def fault(store: Store, *, clear: bool = False, **given: Any) -> Body:
    """Let a call go wrong: `kind`, `moment`, `method`, `path`, `times`, `skip`, `seconds`."""
    with store.turn() as turn:
        if clear:
            faults.clear(turn)
        if given:
            faults.order(turn, given)
    return {"ordered": given}


def webhooks(store: Store, *, calm: bool = False, again: str = "", **trouble: Any) -> Body:
    """Disturb deliveries from now on: `copies`, `drop` the next n, `delay`, `shuffle`, `hold`.

    `calm` begins with no disturbance at all; `again` names an event to be sent once more.
    """
    unknown = set(trouble) - set(post.CALM)
    if unknown:
        raise ValueError(f"no such disturbance: {', '.join(sorted(unknown))}")
    with store.turn() as turn:
        known = post.CALM if calm else turn.setting("webhooks", post.CALM)
        turn.put_setting("webhooks", {**known, **trouble})
        if again:
            post.send_again(turn, again)
        return {**known, **trouble}


def forge(store: Store, *, trick: str, url: str = "", **fields: Any) -> Body:
    """Send a delivery that must not be believed; `trick` names what is wrong with it."""
    with store.turn() as turn:
        return forgery.send(turn, trick, url=url, fields=fields)


def deliver(store: Store) -> Body:
    """Post every delivery that waits, held and delayed ones too."""
    return {"sent": len(post.send_due(store, everything=True))}


def dispute(
    store: Store,
    *,
    charge: str,
    reason: str = "fraudulent",
    amount: int | None = None,
    outcome: str | None = None,
) -> Body:
    """Open a dispute of a charge, or decide the open one: `outcome` is won or lost."""
    with store.turn() as turn:
        call, body = _subject(turn, "charge", charge)
        found = turn.select("dispute", account=call.account, where={"charge": charge})
        current = found[-1] if found else disputes.open_dispute(call, body, reason, amount)
        if outcome is not None:
            current = disputes.decide(call, current, won=outcome == "won")
        return _told(current)


def return_debit(store: Store, *, charge: str, reason: str = "debit_not_authorized") -> Body:
    """Give a bank debit back to its owner, after it had worked."""
    with store.turn() as turn:
        call, body = _subject(turn, "charge", charge)
        return _told(disputes.return_debit(call, body, reason))


def settle(store: Store, *, charge: str, fails: str | None = None) -> Body:
    """Let a bank debit work now, or fail with a code."""
    with store.turn() as turn:
        call, body = _subject(turn, "charge", charge)
        turn.forget_due(charge)
        if fails is None:
            charging.settle_debit(call, body)
        else:
            charging.fail_debit(call, body, fails)
        return _told(body)


def payout(store: Store, *, payout: str, fails: str | None = None) -> Body:
    """Let a payout arrive now, or fail with a code, even after it had arrived."""
    with store.turn() as turn:
        call, body = _subject(turn, "payout", payout)
        turn.forget_due(payout)
        if fails is None:
            payouts.pay_payout(call, body)
        else:
            payouts.fail_payout(call, body, fails)
        return _told(body)


def refund(store: Store, *, refund: str, fails: str | None = None) -> Body:
    """Let a refund arrive now, or come back for a reason."""
    with store.turn() as turn:
        call, body = _subject(turn, "refund", refund)
        turn.forget_due(refund)
        if fails is None:
            refunds.refund_succeeds(call, body)
        else:
            refunds.refund_fails(call, body, fails)
        return _told(body)


def account(store: Store, *, account: str, bank: str = "", restricted: str = "") -> Body:
    """Bring an account through onboarding at once, with a bank account; or restrict it."""
    with store.turn() as turn:
        call = Call(turn, Params({}))
        body = accounts.account_of(call, account)
        if restricted:
            accounts.restrict(call, body, restricted)
        else:
            accounts.onboard(call, body, bank or "000123456789", "Test Holder")
        return _told(body)


def fund(store: Store, *, balance: int, currency: str = "usd", again: bool = False) -> Body:
    """Let the platform own so much, in minor units, by one movement of its balance; once.

    `again` sets it once more, for a platform that began anew while the bank stayed.
    """
    with store.turn() as turn:
        name = f"funded:{currency}"
        call = Call(turn, Params({}))
        missing = balance - sum(funds.balance(call).get(currency, (0, 0)))
        done = turn.setting(name, None) is not None and not again
        if missing and not done:
            words = "Opening balance"
            funds.enter(call, "topup", missing, source=None, currency=currency, description=words)
        turn.put_setting(name, {"balance": balance})
        return {"moved": 0 if done else missing}


def _subject(turn: Turn, kind: str, identifier: str) -> tuple[Call, Body]:
    catch_up(turn)
    body = turn.find(identifier)
    if body is None or body["object"] != kind:
        raise no_such(kind, identifier)
    return Call(turn, Params({}), account=turn.owner(identifier)), body


def _told(body: Body) -> Body:
    return {name: value for name, value in body.items() if name in ("id", "object", "status")}


def list_deliveries(store: Store) -> list[Body]:
    """Return what went to whom, and what they answered."""
    with store.turn() as turn:
        found = post.deliveries(turn)
    names = ("seq", "event", "type", "url", "state", "status")
    return [{name: getattr(each, name) for name in names} for each in found]
