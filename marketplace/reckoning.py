"""How a loan is reckoned, in the words of its agreement: every convention that decides a cent.

What is written here is read from the terms that are booked with the loan, so that the agreement and
the servicing of it cannot differ.
"""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from amortization import (
    BusinessDays,
    Conventions,
    DayCount,
    DeferredInterest,
    FirstPeriod,
    Frequency,
    Method,
    MonthEnd,
    Remainder,
)
from kernel import Money, Rounding
from marketplace.formats import money, pct
from origination import Early, InterestBasis, PayoffInterest, Processing, Terms

METHODS: dict[Method, Any] = {
    Method.EQUAL_INSTALLMENT: _l(
        "All installments are equal: each pays the interest of its period, and principal with the "
        "rest."
    ),
    Method.EQUAL_PRINCIPAL: _l(
        "Each installment pays an equal part of the principal, and the interest of its period."
    ),
    Method.INTEREST_FIRST: _l(
        "Each installment pays the interest of its period; the last pays the principal."
    ),
    Method.BULLET: _l("Principal and interest are paid once, at the end."),
    Method.FLAT: _l(
        "Each installment pays an equal part of the principal, and an equal part of the interest "
        "on the whole amount (flat interest)."
    ),
}
FREQUENCIES: dict[Frequency, Any] = {
    Frequency.DAILY: _l("Installments fall due every day."),
    Frequency.WEEKLY: _l("Installments fall due every week."),
    Frequency.BIWEEKLY: _l("Installments fall due every two weeks."),
    Frequency.SEMIMONTHLY: _l("Installments fall due twice a month."),
    Frequency.MONTHLY: _l("Installments fall due every month."),
    Frequency.BIMONTHLY: _l("Installments fall due every two months."),
    Frequency.QUARTERLY: _l("Installments fall due every three months."),
    Frequency.SEMIANNUAL: _l("Installments fall due every six months."),
    Frequency.ANNUAL: _l("Installments fall due every year."),
}
# The names under which these conventions are known.
DAY_COUNTS: dict[DayCount, str] = {
    DayCount.ACT_360: "Actual/360",
    DayCount.ACT_364: "Actual/364",
    DayCount.ACT_365F: "Actual/365 (Fixed)",
    DayCount.ACT_365_25: "Actual/365.25",
    DayCount.ACT_365_ACTUAL: "Actual/365 (Actual)",
    DayCount.ACT_366: "Actual/366",
    DayCount.ACT_ACT_ISDA: "Actual/Actual (ISDA)",
    DayCount.ACT_ACT_AFB: "Actual/Actual (AFB)",
    DayCount.ACT_ACT_YEAR: "Actual/Actual (by calendar year)",
    DayCount.ACT_ACT_EVE: "Actual/Actual (New Year's Eve in the new year)",
    DayCount.ACT_ACT_LAST_DAY: "Actual/Actual (year of the last day)",
    DayCount.NL_360: "No leap/360",
    DayCount.NL_365: "No leap/365",
    DayCount.THIRTY_360_BOND_BASIS: "30/360 (Bond Basis)",
    DayCount.THIRTY_360_PSA: "30/360 (PSA)",
    DayCount.THIRTY_360_US: "30/360 (US)",
    DayCount.THIRTY_E_360: "30E/360 (Eurobond Basis)",
    DayCount.THIRTY_E_360_ISDA: "30E/360 (ISDA)",
    DayCount.THIRTY_E_365: "30E/365",
    DayCount.THIRTY_E_PLUS_360: "30E+/360",
}
ROUNDINGS: dict[Rounding, Any] = {
    Rounding.HALF_UP: _l("half up"),
    Rounding.HALF_EVEN: _l("half to even"),
    Rounding.UP: _l("up"),
    Rounding.DOWN: _l("down"),
}
REMAINDERS: dict[Remainder, Any] = {
    Remainder.LAST: _l("The last installment takes what rounding leaves over."),
    Remainder.FIRST: _l("The first installment takes what rounding leaves over."),
    Remainder.ADJUSTED: _l(
        "What rounding leaves over is spread so that the last installment differs as little as it "
        "can."
    ),
}
WORKING_DAYS: dict[BusinessDays, Any] = {
    BusinessDays.FOLLOWING: _l("A due day that is no working day moves to the next one."),
    BusinessDays.MODIFIED_FOLLOWING: _l(
        "A due day that is no working day moves to the next one, or back where that is in another "
        "month."
    ),
    BusinessDays.PRECEDING: _l("A due day that is no working day moves to the one before it."),
    BusinessDays.MODIFIED_PRECEDING: _l(
        "A due day that is no working day moves to the one before it, or on where that is in "
        "another month."
    ),
}
FIRST_PERIODS: dict[FirstPeriod, Any] = {
    FirstPeriod.COUNTED: _l("The first period costs the interest of its days."),
    FirstPeriod.REGULAR: _l("The first period costs that of a regular one, whatever its days."),
    FirstPeriod.BROKEN_FIRST: _l(
        "The interest of the days before the first regular period is paid with the first "
        "installment."
    ),
    FirstPeriod.BROKEN_SPREAD: _l(
        "The interest of the days before the first regular period is spread over all installments."
    ),
    FirstPeriod.BROKEN_UPFRONT: _l(
        "The interest of the days before the first regular period is paid when the loan is paid "
        "out."
    ),
}
EARLY: dict[Early, Any] = {
    Early.AHEAD: _l("it pays the next installment ahead of its day"),
    Early.NEXT: _l(
        "it pays interest to date and principal at once, and counts towards the next installments"
    ),
    Early.LAST: _l("it pays the last installments first, which makes the term shorter"),
    Early.LOWER: _l("it makes the installments to come smaller"),
}
STEPS: dict[str, Any] = {
    "past_due.penalty": _l("late fees past due"),
    "past_due.fee": _l("fees past due"),
    "past_due.interest": _l("interest past due"),
    "past_due.principal": _l("principal past due"),
    "due.penalty": _l("late fees due"),
    "due.fee": _l("fees due"),
    "due.interest": _l("interest due"),
    "due.principal": _l("principal due"),
    "in_advance.penalty": _l("late fees in advance"),
    "in_advance.fee": _l("fees in advance"),
    "in_advance.interest": _l("interest in advance"),
    "in_advance.principal": _l("principal in advance"),
}


def reckoning(terms: Terms) -> tuple[str, ...]:
    """Return how a loan of these terms is counted and its payments are used, a sentence each."""
    return (*_schedule(terms), *_parts(terms), *_payments(terms))


def _schedule(terms: Terms) -> Iterator[str]:
    how = terms.conventions
    yield str(METHODS[how.method])
    if how.method is not Method.BULLET:
        yield _due(how)
    if how.business_days is not BusinessDays.UNADJUSTED:
        moved = str(WORKING_DAYS[how.business_days])
        calendar = _("Working days are those of %(calendar)s.", calendar=how.calendar)
        yield f"{moved} {calendar}"
    if how.day_count is DayCount.EQUAL_PERIODS:
        yield _("Every period counts as an equal part of the year, whatever its days.")
    else:
        yield _("Days count by the convention %(name)s.", name=DAY_COUNTS[how.day_count])
    yield str(FIRST_PERIODS[how.first_period])
    yield _(
        "Interest is rounded %(interest)s to %(cent)s, installments %(mode)s to %(unit)s.",
        interest=ROUNDINGS[how.interest_rounding],
        cent=money(Money(1, terms.currency)),
        mode=ROUNDINGS[how.installment_rounding],
        unit=money(Money(how.installment_unit, terms.currency)),
    )
    yield str(REMAINDERS[how.remainder])


def _due(how: Conventions) -> str:
    every = str(FREQUENCIES[how.frequency])
    if how.every > 1:
        every = _("%(often)s Of these days every %(count)sth counts.", often=every, count=how.every)
    if how.due_day is not None:
        every += " " + _("The day of the month is the %(day)s.", day=how.due_day)
    if how.month_end is MonthEnd.FIRST_DAY_OF_NEXT_MONTH:
        every += " " + _("Where a month lacks it, it is the first day of the next.")
    return every


def _parts(terms: Terms) -> Iterator[str]:
    """Yield what only some products have: a down payment, and installments that ask for less."""
    how = terms.conventions
    if how.down_payment.value:
        yield _("%(share)s is paid down when the loan is paid out.", share=pct(how.down_payment))
    for count, words in (
        (
            how.principal_grace,
            ngettext(
                "The first installment asks for no principal.",
                "The first %(num)s installments ask for no principal.",
                how.principal_grace,
            ),
        ),
        (
            how.interest_grace,
            ngettext(
                "The first installment asks for no interest, which runs on.",
                "The first %(num)s installments ask for no interest, which runs on.",
                how.interest_grace,
            ),
        ),
        (
            how.interest_free,
            ngettext(
                "The first installment costs no interest.",
                "The first %(num)s installments cost no interest.",
                how.interest_free,
            ),
        ),
    ):
        if count:
            yield words
    if how.interest_grace and how.deferred_interest is DeferredInterest.CAPITALIZED:
        yield _("That interest is added to the principal.")


def _payments(terms: Terms) -> Iterator[str]:
    handling = terms.handling
    is_flat = terms.conventions.method is Method.FLAT
    if is_flat or handling.interest is InterestBasis.SCHEDULED:
        yield _("Interest is that of the schedule, whenever an installment is paid.")
        if handling.payoff_interest is PayoffInterest.WHOLE:
            yield _("Who pays the loan off early owes the interest of the whole term.")
        else:
            yield _("Who pays the loan off early owes interest for the days used.")
    else:
        yield _("Interest runs for the days on which principal is out, so paying early costs less.")
    yield _(
        "An installment that is paid early: %(rule)s.",
        rule=EARLY[handling.early_of("installment", usual=Early.AHEAD)],
    )
    yield _(
        "What is paid beyond the installments: %(rule)s.",
        rule=EARLY[handling.early_of("extra", usual=Early.LAST)],
    )
    joined = _(", ").join(str(STEPS[step]) for step in terms.waterfall)
    yield _("A payment pays, in this order: %(steps)s.", steps=joined)
    if handling.processing is Processing.HORIZONTAL:
        yield _("Of several installments, the oldest is paid whole before the next.")
    else:
        yield _("Of several installments, each step is paid for all of them, the oldest first.")
