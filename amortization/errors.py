"""What the arithmetic of a contract refuses."""

from kernel import Invalid


class UnusableTerms(Invalid):
    """The value given for {field} is not usable: {why}."""
