"""What an operator proposes for a loan that does not go as agreed."""

from flask_babel import lazy_gettext as _l

from kernel import Currency
from marketplace.fields import Choice, Day, MoneyField, RateField, Text, Whole
from marketplace.forms import FormSchema
from marketplace.schemas.servicing import SOURCES, Why
from servicing import ChangeKind, RepaymentKind


class Settlement(Why):
    """Less than is owed, which is enough if it comes in time."""

    amount = MoneyField(Currency.USD, missing=_l("Enter what is to be enough."))
    until = Day(missing=_l("Enter the last day to pay it."))


class Sale(Why):
    """A buyer of what is owed, and the price."""

    buyer = Text(longest=120, missing=_l("Enter who buys it."))
    price = MoneyField(Currency.USD, missing=_l("Enter the price."))


PAYMENT_KINDS = {
    RepaymentKind.INSTALLMENT.value: _l("What is due"),
    RepaymentKind.EXTRA.value: _l("Another amount"),
    RepaymentKind.RECOVERY.value: _l("Recovery"),
}


class Payment(FormSchema):
    """A payment that is entered by hand, of today or of an earlier day."""

    amount = MoneyField(Currency.USD, missing=_l("Enter what was paid."))
    paid_on = Day(missing=_l("Enter the day on which it was paid."))
    kind = Choice(PAYMENT_KINDS, missing=_l("Choose what it was meant for."))
    source = Choice(SOURCES, required=False)


class ProposedPayment(Payment, Why):
    """The same, with the reason for which it is entered by hand."""


CHANGES = {
    ChangeKind.DUE_DATE.value: _l("Move the due date"),
    ChangeKind.RESCHEDULE.value: _l("Reschedule"),
    ChangeKind.HARDSHIP.value: _l("Hardship plan"),
    ChangeKind.RE_AGE.value: _l("Re-age"),
    ChangeKind.RE_AMORTIZE.value: _l("Re-amortize"),
    ChangeKind.INTEREST_PAUSE.value: _l("Pause interest"),
    ChangeKind.COUNT_PAUSE.value: _l("Pause the days late"),
}


class Terms(FormSchema):
    """Other terms for a living loan; each kind reads the fields that its page shows."""

    kind = Choice(CHANGES, missing=_l("Choose what is to change."))
    on = Day(missing=_l("Enter the day from which it holds."))
    first_due = Day(required=False)
    extra = Whole(most=360, required=False)
    rate = RateField(required=False)
    principal_grace = Whole(most=60, required=False)
    interest_grace = Whole(most=60, required=False)
    installments = Whole(least=1, most=360, required=False)
    until = Day(required=False)


class ProposedTerms(Terms, Why):
    """The same, with the reason."""


class DueDate(FormSchema):
    """The day on which a borrower would rather pay."""

    first_due = Day(missing=_l("Enter the day that suits you."))
