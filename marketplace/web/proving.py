"""The password once more, before money leaves or goes elsewhere."""

from flask_babel import gettext as _

import escrow
from marketplace import people
from marketplace.forms import Form


def proved(form: Form) -> bool:
    """Say whether the password was given again, now or minutes ago; else ask for it."""
    if is_fresh():
        return True
    with form.catching(too_many_attempts="password"):
        if form.values["password"] and people.prove(form.values["password"]):
            return True
        form.add_error(str(_("Enter your password.")), field="password")
    return False


def is_fresh() -> bool:
    """Say whether the password was given again within the minutes of the policy."""
    return people.is_proved(escrow.payment_policy().step_up)
