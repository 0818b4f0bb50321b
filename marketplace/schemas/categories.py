"""Which days a migration matrix lies between."""

from marketplace.fields import Day
from marketplace.forms import FormSchema


class Between(FormSchema):
    """Two days; left empty, the day recorded last and today."""

    since = Day(required=False)
    until = Day(required=False)
