"""The rate calculator, open to everybody; it keeps nothing."""

from flask import Blueprint, abort, request

from marketplace import clock
from marketplace.db import reader
from marketplace.people import public
from marketplace.web.calculator_page import calculator_page
from marketplace.web.pages import render

blueprint = Blueprint("calculator", __name__, url_prefix="/calculator")


@blueprint.get("/")
@public
def show() -> tuple[str, int]:
    """Estimate what a loan costs."""
    with reader() as session:
        calculator = calculator_page(session, request.args, on=clock.today())
    if calculator is None:
        abort(404)
    return render("calculator/show.html", form=calculator.form, calculator=calculator)
