"""Fineract's servicing cases, step by step: what happened is entered, what is shown is compared."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from amortization import Contract
from kernel import Money, Rate, Rounding
from origination import Early, Handling, InterestBasis, LateFee, PayoffInterest, Processing
from servicing.booking import start
from servicing.owing import Parts, is_settled, to_settle
from servicing.paying import pay
from servicing.plan import Plan
from servicing.position import advance, asked, forecast
from servicing.revising import Arrears, Charge, Revision
from servicing.state import Bill, State
from servicing.waterfall import PRESETS, parse_order
from tests.conformance import fineract
from tests.conformance.fineract import Case, usd
from tests.conformance.verdict import Outcome, Verdict, compared
from tests.support.plans import terms
from tests.vectors import vectors

EARLY = {
    "NEXT_INSTALLMENT": Early.NEXT,
    "LAST_INSTALLMENT": Early.LAST,
    "REAMORTIZATION": Early.LOWER,
}
ORDERS = {
    "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER": PRESETS["oldest_first"],
    "ADVANCED_PAYMENT_ALLOCATION": PRESETS["principal_before_interest"],
    "DUE_PENALTY_FEE_INTEREST_PRINCIPAL_IN_ADVANCE_PRINCIPAL_PENALTY_FEE_INTEREST": (
        PRESETS["early_money_to_principal"]
    ),
    "DUE_PENALTY_INTEREST_PRINCIPAL_FEE_IN_ADVANCE_PENALTY_INTEREST_PRINCIPAL_FEE": tuple(
        f"{timing}.{part}"
        for timing in ("past_due", "due", "in_advance")
        for part in ("penalty", "interest", "principal", "fee")
    ),
}
NOT_OFFERED = {
    "chargeback": "a returned payment is taken back as it was; it does not become new principal",
    "charge_off": "recoveries on a charged-off loan are shared as such; they pay no installments",
}
OTHER_ENTRIES = {"Disbursement", "Accrual", "Re-age", "Re-amortize"}
OLDER = (
    "its older calculation rounds the interest of every stretch by itself, counts late principal "
    "only to the last payment or rest day, and adds to a row what is paid beyond it"
)
PARTS = ("principal", "interest", "fees", "penalties")


@dataclass(slots=True)
class Told:
    """A case as far as it has been told: the agreement, and what happened in what order."""

    plan: Plan
    rules: dict[str, Early]
    today: date
    payments: list["Payment"] = field(default_factory=list)


@dataclass(slots=True)
class Payment:
    """One payment as it was made; `amount` None pays the loan off."""

    on: date
    amount: Money | None
    early: Early
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What one payment did, as a published list of transactions shows it."""

    on: date
    parts: tuple[Money, ...]
    balance: Money


def servicing() -> list[Verdict]:
    """Return how every step of the servicing cases stands to ours."""
    settings = vectors("fineract_servicing", "product_settings")
    return [_judged(case, settings) for case in vectors("fineract_servicing")]


def _judged(case: Case, settings: Any) -> Verdict:
    ops = {step["op"] for step in case["steps"]}
    missing = [why for op, why in NOT_OFFERED.items() if op in ops]
    if missing:
        return Verdict(case["id"], Outcome.NOT_OFFERED, missing[0])
    if sum(step["op"] == "disburse" for step in case["steps"]) > 1:
        return Verdict(case["id"], Outcome.NOT_OFFERED, "a loan is paid out at once")
    told, found = _told(case, settings), list[str]()
    for step in case["steps"]:
        found += STEPS.get(step["op"], _nothing)(told, step)
    opening = next(step for step in case["steps"] if step["op"] == "create_loan")
    older = opening["strategy"] != "ADVANCED_PAYMENT_ALLOCATION" and not told.plan.is_scheduled
    if found and older:
        return Verdict(case["id"], Outcome.DIFFERS, OLDER)
    return compared(case["id"], found, _how(told.plan))


def _told(case: Case, settings: Any) -> Told:
    opening = next(step for step in case["steps"] if step["op"] == "create_loan")
    product = settings[opening["product"]]
    recalculates = product["isInterestRecalculationEnabled"]
    vertical = product.get("loanScheduleProcessingType") == "VERTICAL"
    contract = fineract.booked(opening, product)
    agreed = replace(
        terms(conventions=contract.conventions, charge_off_days=0),
        waterfall=ORDERS[opening["strategy"]],
        handling=Handling(
            interest=InterestBasis.ACTUAL_DAYS if recalculates else InterestBasis.SCHEDULED,
            payoff_interest=PayoffInterest.WHOLE,
            processing=Processing.VERTICAL if vertical else Processing.HORIZONTAL,
        ),
    )
    late = LateFee(fixed_minor=0, share=Rate.from_e8(0), grace_days=0)
    plan = Plan(contract, replace(agreed, fees=replace(agreed.fees, late=late)))
    rules = {
        kind: EARLY[rule["futureInstallments"]]
        for kind, rule in product.get("paymentAllocation", {}).items()
    }
    told = Told(plan, rules, contract.start)
    if product.get("enableAutoRepaymentForDownPayment"):
        down = start(plan).bills[0]
        told.payments.append(Payment(contract.start, plan.money(down.total), Early.NEXT))
    return told


def _how(plan: Plan) -> str:
    handling, rules = plan.terms.handling, plan.contract.conventions
    return f"{rules.method}, {handling.interest} interest, {handling.processing}"


def _lived(told: Told) -> tuple[State, list[Line], dict[int, Bill]]:
    """Let everything happen that was told so far; also return every installment as first asked."""
    plan, state = told.plan, start(told.plan)
    lines, first = list[Line](), _noted({}, state)
    for payment in sorted(told.payments, key=lambda each: each.on):
        if payment.is_undone:
            continue
        state, first = _walked(state, payment.on, plan, first)
        amount = to_settle(state, plan=plan) if payment.amount is None else payment.amount
        order = parse_order(plan.terms.waterfall)
        state, applied = pay(state, amount, plan=plan, early=payment.early, order=order)
        parts = (applied.principal, applied.interest, applied.fee, applied.penalty)
        lines.append(Line(payment.on, parts, plan.money(state.outstanding)))
    state, first = _walked(state, max(told.today, state.as_of), plan, first)
    return state, lines, first


def _walked(
    state: State, to: date, plan: Plan, first: dict[int, Bill]
) -> tuple[State, dict[int, Bill]]:
    while state.due_on is not None and state.due_on <= to:
        state = advance(state, state.due_on, plan=plan)
        first = _noted(first, state)
    state = advance(state, to, plan=plan)
    return state, _noted(first, state)


def _noted(first: dict[int, Bill], state: State) -> dict[int, Bill]:
    known = {bill.number: bill for bill in state.bills if bill.installment and bill.due_on}
    return known | first


def _day(told: Told, step: Case) -> list[str]:
    told.today = date.fromisoformat(step["date"])
    return []


def _repaid(told: Told, step: Case) -> list[str]:
    usual = told.rules.get("DEFAULT", Early.NEXT)
    early = told.rules.get(step.get("kind", ""), usual)
    amount = usd(step["amount"]) if "amount" in step else None
    told.payments.append(Payment(date.fromisoformat(step["date"]), amount, early))
    return []


def _undone(told: Told, step: Case) -> list[str]:
    """Undo a transaction of a day; on the first day the payout comes before the payments."""
    day = date.fromisoformat(step["date"])
    before = 1 if day == told.plan.contract.start else 0
    of_day = [payment for payment in told.payments if payment.on == day]
    of_day[int(step["nth"]) - 1 - before].is_undone = True
    return []


def _charged(told: Told, step: Case) -> list[str]:
    if "amount" not in step:
        return [f"a charge of {step['pct']} % is told"]
    charge = Charge(
        on=told.today,
        due_on=date.fromisoformat(step["due"]),
        amount=usd(step["amount"]).minor,
        is_penalty=step["kind"] == "LOAN_NSF_FEE",
    )
    told.plan = replace(told.plan, changes=(*told.plan.changes, charge))
    return []


def _rescheduled(told: Told, step: Case) -> list[str]:
    """Move a due day and those after it, or spread what comes after it over more installments."""
    row, signed = step["rows"][0], told.plan.contract
    moved = date.fromisoformat(row["reschedulefromdate"])
    days = [signed.start, *signed.due_dates()]
    place = days.index(moved)
    left, extra = len(days) - place, int(row["extraterms"] or 0)
    to = date.fromisoformat(row["adjustedduedate"] or row["reschedulefromdate"])
    # It holds from the due day before, so that what was agreed until then stays.
    contract = replace(signed, start=days[place - 1], first_due=to, installments=left + extra)
    return _revised(told, Revision(days[place - 1], contract))


def _reaged(told: Told, step: Case) -> list[str]:
    row, signed = step["rows"][0], told.plan.contract
    rules = replace(
        signed.conventions,
        frequency=fineract.UNITS[row["frequencytype"]],
        every=int(row["frequencynumber"]),
        down_payment=Rate.from_e8(0),
    )
    contract = replace(
        signed,
        start=told.today,
        first_due=date.fromisoformat(row["startdate"]),
        installments=int(row["numberofinstallments"]),
        conventions=rules,
    )
    return _revised(told, Revision(told.today, contract, arrears=Arrears.ROLLED))


def _reamortized(told: Told, step: Case) -> list[str]:  # noqa: ARG001 - every step is told alike
    signed = told.plan.contract
    left = [day for day in signed.due_dates() if day > told.today]
    rules = replace(
        signed.conventions, down_payment=Rate.from_e8(0), installment_rounding=Rounding.HALF_UP
    )
    contract = replace(
        signed,
        start=told.today,
        first_due=left[0],
        installments=len(left),
        conventions=rules,
    )
    return _revised(told, Revision(told.today, contract, arrears=Arrears.ROLLED))


def _revised(told: Told, revision: Revision) -> list[str]:
    told.plan = replace(told.plan, changes=(*told.plan.changes, revision))
    return []


def _ruled(told: Told, step: Case) -> list[str]:
    told.rules[step["txn_type"]] = EARLY[step["rule"]]
    return []


def _transactions(told: Told, step: Case) -> list[str]:
    """Compare the payments that count, with their parts and the balance after each."""
    shown = [
        row
        for row in step["rows"]
        if row["type"] not in OTHER_ENTRIES and row.get("reverted") != "true"
    ]
    # A list without the mark shows what was undone as if it counted; its schedule is compared.
    _, lines, _ = _lived(told)
    if any(payment.is_undone for payment in told.payments) and "reverted" not in step["rows"][0]:
        return []
    if len(shown) != len(lines):
        return [f"{len(shown)} payments are stated, {len(lines)} computed"]
    found = []
    for row, line in zip(shown, lines, strict=True):
        stated = (*(usd(row[part]) for part in PARTS), usd(row["balance"]))
        if stated != (*line.parts, line.balance) or row["date"] != line.on.isoformat():
            computed = ", ".join(map(str, (*line.parts, line.balance)))
            found.append(f"payment of {row['date']}: {row} is stated, {computed} computed")
    return found


def _schedule(told: Told, step: Case) -> list[str]:
    """Compare every row: its day, what it asks for, and what of it is unpaid."""
    state, lines, first = _lived(told)
    shown = [row for row in step["rows"] if "nr" in row]
    if is_settled(state, plan=told.plan):
        return _closed(told, shown, lines)
    if any(isinstance(change, Revision) for change in told.plan.changes):
        return _unpaid(told, shown, state)
    coming = _numbered(forecast(state, plan=told.plan))
    left = _numbered((*asked(state, plan=told.plan), *coming.values()))
    rows = {**{number: bill for number, bill in coming.items() if number not in first}, **first}
    if len(rows) != len(shown):
        return [f"{len(shown)} rows are stated, {len(rows)} computed"]
    found = []
    for row, (number, bill) in zip(shown, sorted(rows.items()), strict=True):
        unpaid = left[number].total if number in left else 0
        charged = sum(
            charge.amount
            for charge in told.plan.changes
            if isinstance(charge, Charge) and _of(charge, told.plan.contract) == number
        )
        computed = {
            "date": bill.due_on.isoformat(),
            "principal": told.plan.money(bill.principal),
            "interest": told.plan.money(bill.interest),
            "due": told.plan.money(bill.installment + charged),
            "outstanding": told.plan.money(unpaid),
        }
        found += [
            f"row {row['nr']}: {name} {row[name]} is stated, {value} computed"
            for name, value in computed.items()
            if (row[name] if name == "date" else usd(row[name])) != value
        ]
    return found


def _closed(told: Told, shown: list[Case], lines: list[Line]) -> list[str]:
    """Compare what a loan that is paid off has cost; it asks for no installments any more."""
    if any(usd(row["outstanding"]).is_positive for row in shown):
        return ["installments are stated as unpaid of a loan that is settled"]
    nothing = told.plan.money(0)
    found = []
    for place, part in enumerate(PARTS):
        stated = sum((usd(row[part]) for row in shown), nothing)
        paid = sum((line.parts[place] for line in lines), nothing)
        found += [f"{part}: {stated} is stated, {paid} computed"] if stated != paid else []
    return found


def _unpaid(told: Told, shown: list[Case], state: State) -> list[str]:
    """Compare what is left to pay, where something was agreed anew."""
    coming = (*asked(state, plan=told.plan), *forecast(state, plan=told.plan))
    computed = [(bill.due_on.isoformat(), told.plan.money(bill.total)) for bill in coming]
    stated = [
        (row["date"], usd(row["outstanding"]))
        for row in shown
        if usd(row["outstanding"]).is_positive
    ]
    return [] if stated == computed else [f"{stated} is stated, {computed} computed"]


def _of(charge: Charge, contract: Contract) -> int:
    """Return the installment in whose period a charge falls due."""
    days = contract.due_dates()
    return next(number for number, day in enumerate(days, 1) if charge.due_on <= day)


def _numbered(bills: Iterable[Bill]) -> dict[int, Bill]:
    found: dict[int, Bill] = {}
    for bill in bills:
        parts = Parts.of((bill, *([found[bill.number]] if bill.number in found else [])))
        found[bill.number] = replace(
            bill,
            principal=parts.principal,
            interest=parts.interest,
            late_fee=parts.late_fee,
            fee=parts.fee,
        )
    return found


def _met(told: Told, step: Case) -> list[str]:  # noqa: ARG001 - every step is told alike
    state, _, _ = _lived(told)
    return [] if to_settle(state, plan=told.plan).is_zero else ["something is still owed"]


def _nothing(told: Told, step: Case) -> list[str]:  # noqa: ARG001 - every step is told alike
    return []


STEPS: dict[str, Callable[[Told, Case], list[str]]] = {
    "business_date": _day,
    "repay": _repaid,
    "payoff": _repaid,
    "undo_txn": _undone,
    "charge": _charged,
    "reschedule": _rescheduled,
    "reage": _reaged,
    "reamortize": _reamortized,
    "set_future_allocation": _ruled,
    "expect_transactions": _transactions,
    "expect_schedule": _schedule,
    "expect_all_obligations_met": _met,
}
