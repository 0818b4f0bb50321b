"""How a loan was repaid, told as dated payments, from the totals that the file gives.

The files tell totals, not payments. A story is the plainest course of payments that leads to them:
installments on their due days; money paid early where the interest shows that it was; an
installment paid late for every late fee; nothing more after the last payment of a loan that failed,
and what was recovered afterwards. Amounts that settle a loan are quoted by the book on the day.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from kernel import Money, add_months
from origination import Terms
from replay.layout import FileLoan, Outcome

# A late installment comes so many days after its grace: the fee is charged, the month not over.
DAYS_PAST_GRACE = 5
# What is recovered comes so many months after the last payment.
MONTHS_TO_RECOVERY = 12
DAYS_OF_A_MONTH = 30

# Up to this part of an installment, money beyond it belongs to the installment before.
TINY = 0.1


class Step(StrEnum):
    """What happens to the loan."""

    INSTALLMENT = "installment"
    EXTRA = "extra"
    PAYOFF = "payoff"
    CHARGE_OFF = "charge_off"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Event:
    """One dated step; a payoff and a charge-off carry no amount, the book knows it."""

    on: date
    step: Step
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The shape of a repayment: regular installments, one extra payment, and the end.

    Attributes:
        regular: how many installments were paid in full.
        extra: what was paid beyond them, in minor units.
        extra_after: after how many installments the extra was paid.
        ends: months after issue at which the rest was settled; a fraction is a part of a month.
    """

    regular: int
    extra: int = 0
    extra_after: int = 0
    ends: float | None = None


def known_until(loans: Sequence[FileLoan]) -> date:
    """Return the first day of the last month that the file knows of.

    Where it tells no last payments, that is the month to which most running loans have paid.
    """
    told = [loan.last_paid for loan in loans if loan.last_paid is not None]
    if told:
        return max(told)
    reached = Counter(
        due_on(loan, round(_paid(loan) / loan.installment.minor))
        for loan in loans
        if loan.outcome is Outcome.CURRENT
    )
    newest = max(loan.issued for loan in loans)
    return max(reached.most_common(1)[0][0] if reached else newest, add_months(newest, 1))


def tell(loan: FileLoan, until: date, terms: Terms) -> list[Event]:
    """Return the loan's payments in the order in which they came, none after `until`.

    Args:
        loan: what the file tells.
        until: the first day of the last month that the file knows of.
        terms: how late fees and losses come about.
    """
    if loan.outcome is Outcome.PAID:
        story = _settled(loan, until)
    else:
        story = _unsettled(loan, until, terms)
    return _late(loan, list(story), terms)


def due_on(loan: FileLoan, number: int) -> date:
    """Return the due day of an installment; the first is a month after the issue."""
    return add_months(loan.issued, number)


def _settled(loan: FileLoan, until: date) -> Iterator[Event]:
    """Tell a loan that was paid to its end, most of them early."""
    course = _course_to_the_end(loan)
    yield from _payments(loan, course)
    yield Event(min(_settling_day(loan, course), until), Step.PAYOFF)


def _payments(loan: FileLoan, course: Course) -> Iterator[Event]:
    for number in range(1, course.regular + 1):
        yield Event(due_on(loan, number), Step.INSTALLMENT, loan.installment)
        if course.extra and number == course.extra_after:
            yield Event(due_on(loan, number), Step.EXTRA, _money(loan, course.extra))


def _course_to_the_end(loan: FileLoan) -> Course:
    """Choose among early payment on the known last month and an unknown day the closer one."""
    by_interest = _settled_by_interest(loan)
    by_month = _settled_by_month(loan)
    if by_month is None or _gap(loan, by_month) > max(_gap(loan, by_interest), _tolerance(loan)):
        return by_interest
    return by_month


def _settled_by_interest(loan: FileLoan) -> Course:
    """Pay installments until the file's interest is used up; what is over ends within a month."""
    target = loan.paid_interest.minor
    balance, paid = float(loan.funded.minor), 0.0
    regular = 0
    while regular < loan.installments - 1:
        interest = balance * _monthly(loan)
        if paid + interest > target or balance <= loan.installment.minor - interest:
            break
        paid, balance, regular = paid + interest, balance - _principal(loan, interest), regular + 1
    interest = balance * _monthly(loan)
    part = min(max((target - paid) / interest, 0.0), 1.0) if interest else 1.0
    return Course(regular, ends=regular + part)


def _settled_by_month(loan: FileLoan) -> Course | None:
    """End in the file's last month, with one extra payment where its interest says so."""
    if loan.last_paid is None or loan.last_amount is None:
        return None
    months = _months_between(loan.issued, loan.last_paid)
    if not 1 <= months <= loan.installments:
        return None
    regular = months - 1
    paid = loan.funded.minor + loan.paid_interest.minor
    extra = max(paid - regular * loan.installment.minor - loan.last_amount.minor, 0)
    if extra <= loan.installment.minor // 2 or not regular:
        return Course(regular, ends=float(months))
    courses = (Course(regular, extra, after, float(months)) for after in range(1, regular + 1))
    return min(courses, key=lambda course: _gap(loan, course))


def _settling_day(loan: FileLoan, course: Course) -> date:
    whole = int(course.ends or 0)
    start, end = due_on(loan, whole), due_on(loan, whole + 1)
    day = start + timedelta(days=round((end - start).days * ((course.ends or 0) - whole)))
    # Nothing is settled on the day it is lent.
    return max(day, loan.issued + timedelta(days=1))


def _unsettled(loan: FileLoan, until: date, terms: Terms) -> Iterator[Event]:
    """Tell a loan that still runs, is late, or failed."""
    course = _course_so_far(loan, _months_between(loan.issued, until))
    short = course.extra if course.extra_after > course.regular else 0
    yield from _payments(loan, course)
    last = due_on(loan, course.extra_after if short else course.regular)
    if short:
        yield Event(last, Step.INSTALLMENT, _money(loan, short))
    if loan.outcome is Outcome.CHARGED_OFF:
        yield from _failed(loan, max(last, loan.last_paid or last), until, terms)


def _course_so_far(loan: FileLoan, months: int) -> Course:
    """Choose how many installments and how much beyond them give the file's interest."""
    paid = _paid(loan)
    regular = min(paid // loan.installment.minor, loan.installments - 1, months)
    best = _course(loan, regular, paid, months)
    while regular > 1 and _gap(loan, best) > _tolerance(loan):
        regular -= 1
        course = _course(loan, regular, paid, months)
        if _gap(loan, course) >= _gap(loan, best):
            break
        best = course
    return best


def _course(loan: FileLoan, regular: int, paid: int, months: int) -> Course:
    """Place the money beyond whole installments.

    A little more, or a lot more, came with an installment: odd days' interest, or a part paid
    early, at the time that the interest tells. Most of an installment was the next one, paid short.
    """
    extra = paid - regular * loan.installment.minor
    share = extra / loan.installment.minor
    if not regular or (TINY < share < 1 and regular < months):
        return Course(regular, extra, regular + 1)
    if share < 1:
        return Course(regular, extra, regular)
    courses = (Course(regular, extra, after) for after in range(1, regular + 1))
    return min(courses, key=lambda course: _gap(loan, course))


def _failed(loan: FileLoan, last: date, until: date, terms: Terms) -> Iterator[Event]:
    # A file written early knows of the loss before the months are over.
    day = add_months(last, ceil(terms.charge_off_days / DAYS_OF_A_MONTH))
    yield Event(day if loan.recovered.is_positive else min(day, max(until, last)), Step.CHARGE_OFF)
    if loan.recovered.is_positive:
        yield Event(add_months(last, MONTHS_TO_RECOVERY), Step.RECOVERY, loan.recovered)


def _late(loan: FileLoan, events: list[Event], terms: Terms) -> list[Event]:
    """Move one installment past its grace for every late fee that the file tells."""
    left = loan.paid_late_fee.minor
    told = []
    for event in events:
        if left and event.step is Step.INSTALLMENT and event.amount == loan.installment:
            fee = min(left, _late_fee(loan, terms))
            left -= fee
            late = event.on + timedelta(days=terms.fees.late.grace_days + DAYS_PAST_GRACE)
            told.append(replace(event, on=late, amount=event.amount + _money(loan, fee)))
        else:
            told.append(event)
    return sorted(told, key=lambda event: event.on)


def _late_fee(loan: FileLoan, terms: Terms) -> int:
    """Return what the book will charge for a late installment, in minor units."""
    late = terms.fees.late
    share = late.share.of(loan.installment, rounding=terms.conventions.interest_rounding)
    return max(late.fixed_minor, share.minor)


def _gap(loan: FileLoan, course: Course) -> float:
    """Return how far the interest of a course is from the file's, in minor units."""
    balance, interest = float(loan.funded.minor), 0.0
    for number in range(1, course.regular + 1):
        due = balance * _monthly(loan)
        interest += due
        balance -= _principal(loan, due)
        if number == course.extra_after:
            balance = max(balance - course.extra, 0.0)
    if course.ends is not None:
        interest += balance * _monthly(loan) * max(course.ends - course.regular, 0.0)
    return abs(interest - loan.paid_interest.minor)


def _paid(loan: FileLoan) -> int:
    """Return principal and interest paid so far, in minor units."""
    return loan.paid_principal.minor + loan.paid_interest.minor


def _tolerance(loan: FileLoan) -> float:
    """Return half of a month's first interest: closer than that, dates weigh more than cents."""
    return loan.funded.minor * _monthly(loan) / 2


def _principal(loan: FileLoan, interest: float) -> float:
    return loan.installment.minor - interest


def _monthly(loan: FileLoan) -> float:
    """Return the rate of a month; a story is an estimate, the book counts exactly."""
    return float(loan.rate.value) / 12


def _money(loan: FileLoan, minor: int) -> Money:
    return Money(minor, loan.amount.currency)


def _months_between(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month
