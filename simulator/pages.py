"""The bank's pages, for people: they pay, confirm, and say who is to be paid."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from simulator import paying
from simulator.call import Call, Params
from simulator.clock import catch_up
from simulator.errors import PLATFORM, Body, Refusal
from simulator.funds import balance
from simulator.paying import Trouble
from simulator.resources import accounts, external_accounts
from simulator.store import Store, Turn
from simulator.words import language, money, say

pages = Blueprint("pages", __name__)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Vary": "Accept-Language",
}
REFUSED = 422


@pages.after_request
def secure(response: Response) -> Response:
    """Put the strict policy on every page."""
    response.headers.update(HEADERS)
    return response


@pages.get("/")
def home() -> str:
    """Say what this is, and what can be tried."""
    return _page("home.html", language())


@pages.get("/assets/bank.css")
def style() -> Response:
    """Return the bank's one style sheet."""
    with current_app.open_resource("assets/bank.css") as file:
        return Response(file.read(), mimetype="text/css")


@pages.get("/assets/bank.svg")
def icon() -> Response:
    """Return the bank's sign."""
    with current_app.open_resource("assets/bank.svg") as file:
        return Response(file.read(), mimetype="image/svg+xml")


@pages.get("/pay/<session_id>")
def pay(session_id: str) -> str:
    """Show what is to be paid, and ask how."""
    with _store().turn() as turn:
        session = paying.find_session(_call(turn), session_id)
        known = turn.find(session["customer"]) if session["customer"] else None
    return _pay_page(session, known or {}, {}, None)


@pages.post("/pay/<session_id>")
def paid(session_id: str) -> Answer | tuple[str, int]:
    """Pay, and go on to where the payment leads."""
    given = {name: value.strip() for name, value in request.form.items()}
    with _store().turn() as turn:
        call = _call(turn)
        session = paying.find_session(call, session_id)
        known = turn.find(session["customer"]) if session["customer"] else None
        try:
            with turn.part():
                intent = paying.pay(call, session, given)
        except (Refusal, Trouble) as error:
            intent, trouble = None, error
    if intent is None:
        return _pay_page(session, known or {}, given, trouble), REFUSED
    if intent["status"] == "requires_action":
        return redirect(url_for("pages.authenticate", intent_id=intent["id"]), 303)
    return redirect(url_for("pages.pay", session_id=session_id), 303)


def _pay_page(session: Body, customer: Body, given: Body, trouble: Exception | None) -> str:
    tongue = language(session["locale"])
    if session["status"] != "open":
        return _closed(session, tongue)
    methods = session["payment_method_types"]
    method = given.get("method") or request.args.get("method", methods[0])
    return _page(
        "pay.html",
        tongue,
        session=session,
        items=session["_"]["items"],
        methods=methods,
        method=method if method in methods else methods[0],
        given=given,
        email=given.get("email") or session["customer_email"] or customer.get("email") or "",
        name=given.get("name") or customer.get("name") or "",
        trouble=_said(trouble, tongue),
    )


def _said(trouble: Exception | None, tongue: str) -> str:
    """Return what is wrong, in the reader's language."""
    if trouble is None:
        return ""
    return say(str(trouble), tongue, field=say(getattr(trouble, "field", ""), tongue))


def _closed(session: Body, tongue: str) -> str:
    """Show how a session ended, and lead back to whoever opened it."""
    if session["status"] == "expired":
        title, text = "This page has expired", "Go back and begin again."
        return _done(tongue, title, text, session["cancel_url"], good=False)
    target = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    if session["mode"] == "setup":
        title, text = "Saved", "This way of paying can be used from now on."
    elif session["payment_status"] == "paid":
        title, text = "Paid", "Thank you. {merchant} has been told."
    else:
        title, text = "On its way", "Your bank debit has begun. It takes up to four days."
    return _done(tongue, title, text, target, moves=True)


def _done(
    tongue: str,
    title: str,
    text: str,
    target: str | None,
    *,
    good: bool = True,
    moves: bool = False,
) -> str:
    return _page("done.html", tongue, title=title, text=text, target=target, good=good, moves=moves)


@pages.get("/authenticate/<intent_id>")
def authenticate(intent_id: str) -> str:
    """Ask whether it is the owner of the card who pays."""
    with _store().turn() as turn:
        call, intent = paying.find_intent(_call(turn), intent_id)
        session = paying.session_of(call, intent)
    tongue = language(session["locale"] if session else None)
    if intent["status"] != "requires_action":
        back = session["success_url"] if session else None
        return _done(tongue, "There is nothing to confirm", "Go back and begin again.", back)
    return _page("authenticate.html", tongue, intent=intent)


@pages.post("/authenticate/<intent_id>")
def authenticated(intent_id: str) -> Answer | str:
    """Go on with a payment that its owner confirmed, or end one that they refused."""
    with _store().turn() as turn:
        call, intent = paying.find_intent(_call(turn), intent_id)
        session = paying.session_of(call, intent)
        target = paying.return_url(intent)
        agrees = request.form.get("answer") == "yes"
        try:
            with turn.part():
                paying.confirm(call, intent, session, agrees=agrees)
        except (Refusal, Trouble) as error:
            trouble: Exception | None = error
        else:
            trouble = None
    if session is not None and trouble is None:
        return redirect(url_for("pages.pay", session_id=session["id"]), 303)
    tongue = language(session["locale"] if session else None)
    if session is not None:
        return _pay_page(session, {}, {}, trouble)
    title = "Pay" if trouble else "Paid"
    text = str(trouble or "Thank you. {merchant} has been told.")
    return _done(tongue, title, text, target, good=trouble is None, moves=True)


@pages.get("/onboard/<account_id>/<token>")
def onboard(account_id: str, token: str) -> str:
    """Ask who is paid, and where."""
    with _store().turn() as turn:
        account = _account(turn, account_id)
        link = account["_"].get("link") or {}
        fresh = link.get("token") == token and turn.now <= link["until"]
    return _onboard_page(account, link, {}, None, fresh=fresh)


@pages.post("/onboard/<account_id>/<token>")
def onboarded(account_id: str, token: str) -> Answer | tuple[str, int]:
    """Note who is paid, and where; the link has then served."""
    given = {name: value.strip() for name, value in request.form.items()}
    with _store().turn() as turn:
        account = _account(turn, account_id)
        link = account["_"].get("link") or {}
        fresh = link.get("token") == token
        try:
            with turn.part():
                if fresh:
                    paying.onboard(_call(turn), account, given)
        except (Refusal, Trouble) as error:
            return _onboard_page(account, link, given, error, fresh=True), REFUSED
    if not fresh:
        return _onboard_page(account, link, {}, None, fresh=False), REFUSED
    return redirect(url_for("pages.known", account_id=account_id), 303)


@pages.get("/onboard/<account_id>")
def known(account_id: str) -> str:
    """Say that somebody can be paid, and lead them back."""
    with _store().turn() as turn:
        account = _account(turn, account_id)
    target = account["_"].get("return_url")
    return _done(language(), "You can be paid", "We know all that we need.", target, moves=True)


def _onboard_page(
    account: Body, link: Body, given: Body, trouble: Exception | None, *, fresh: bool
) -> str:
    tongue = language()
    if not fresh:
        title, text = "This page has expired", "Go back and begin again."
        return _done(tongue, title, text, link.get("refresh_url"), good=False)
    return _page(
        "onboard.html", tongue, account=account, given=given, trouble=_said(trouble, tongue)
    )


@pages.get("/express/<account_id>")
def express(account_id: str) -> str:
    """Show somebody what they have here, and what was paid to them."""
    with _store().turn() as turn:
        account = _account(turn, account_id)
        call = Call(turn, Params({}), account=account_id)
        sums = balance(call)
        paid_out = turn.select("payout", account=account_id, more="ORDER BY seq DESC LIMIT 20")
        known_banks = external_accounts.banks(call, account_id)
    return _page(
        "express.html", language(), account=account, sums=sums, payouts=paid_out, banks=known_banks
    )


@pages.app_errorhandler(404)
def nothing(_: NotFound) -> tuple[str, int] | Answer:
    """Say that there is nothing here."""
    return _done(language(), "There is no such page", "Go back and begin again.", None), 404


def _account(turn: Turn, identifier: str) -> Body:
    try:
        return accounts.account_of(_call(turn), identifier)
    except Refusal as refusal:
        raise NotFound from refusal


def _call(turn: Turn) -> Call:
    base = (current_app.config["PUBLIC_URL"] or request.url_root).rstrip("/")
    catch_up(turn, base=base)
    return Call(turn, Params({}), account=PLATFORM, base=base)


def _store() -> Store:
    found: Store = current_app.extensions["store"]
    return found


def _page(template: str, tongue: str, **values: Any) -> str:
    merchant = current_app.config["MERCHANT"]

    def tell(text: str, **blanks: str) -> str:
        return say(text, tongue, merchant=merchant, **blanks)

    return render_template(
        f"bank/{template}", _=tell, tongue=tongue, merchant=merchant, money=money, **values
    )
