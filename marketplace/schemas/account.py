"""What people send about themselves."""

from flask import current_app
from flask_babel import lazy_gettext as _l

from marketplace.fields import Choice, Email, Password, Text, Tick
from marketplace.forms import FormSchema
from marketplace.i18n import LANGUAGES
from marketplace.models import Role, Theme

LONGEST_PASSWORD = 200

THEMES = {
    Theme.SYSTEM.value: _l("System"),
    Theme.LIGHT.value: _l("Light"),
    Theme.DARK.value: _l("Dark"),
}


class NewPassword(Password):
    """A password to be set: long enough by today's setting."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        self.shortest = current_app.config["PASSWORD_MIN_LENGTH"]
        return super()._deserialize(value, attr, data, **kwargs)


class SignIn(FormSchema):
    """Who signs in."""

    email = Email(missing=_l("Enter your e-mail address."))
    password = Password(longest=LONGEST_PASSWORD, missing=_l("Enter your password."))
    next = Text(required=False)


class Register(FormSchema):
    """Who opens an account; operators are made by command only."""

    role = Choice(
        {
            Role.BORROWER.value: _l("I want to borrow"),
            Role.LENDER.value: _l("I want to invest"),
        },
        missing=_l("Choose whether you want to borrow or to invest."),
    )
    name = Text(longest=120, missing=_l("Enter your name."))
    email = Email(longest=254, missing=_l("Enter your e-mail address."))
    password = NewPassword(longest=LONGEST_PASSWORD, missing=_l("Choose a password."))
    agree = Tick(must=True, missing=_l("Confirm that you have read how Tessera works."))
    next = Text(required=False)


class Profile(FormSchema):
    """What people may change about themselves."""

    name = Text(longest=120, missing=_l("Enter your name."))


class ChangePassword(FormSchema):
    """The old password and the new one."""

    current = Password(longest=LONGEST_PASSWORD, missing=_l("Enter your current password."))
    password = NewPassword(longest=LONGEST_PASSWORD, missing=_l("Choose a new password."))


class Preferences(FormSchema):
    """The language or the colours, from any page."""

    locale = Choice(LANGUAGES, required=False)
    theme = Choice(THEMES, required=False)
    next = Text(required=False)
