"""Signing in and out, opening an account, and what people may change about themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace import accounts, clock, passwords, registration
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.i18n import COOKIE, language
from marketplace.models import Role
from marketplace.people import (
    idle,
    may_open,
    me,
    public,
    requires,
    safe_next,
    start_session,
)
from marketplace.people import sign_in as check_and_sign_in
from marketplace.people import sign_out as end_session
from marketplace.schemas import account as schemas
from marketplace.web.account_page import AccountPage, device_lines
from marketplace.web.navigation import landing
from marketplace.web.pages import render, see_other

blueprint = Blueprint("account", __name__)

A_YEAR = timedelta(days=365)
THEME_COOKIE = "tessera-theme"


@blueprint.get("/sign-in")
@public
def sign_in() -> Response | tuple[str, int]:
    """Show the sign-in form."""
    if current_user.is_authenticated:
        return redirect(landing(me().role), 303)
    form = Form(schemas.SignIn(), initial={"next": request.args.get("next", "")})
    return render("account/sign_in.html", form=form)


@blueprint.post("/sign-in")
@public
def do_sign_in() -> Response | tuple[str, int]:
    """Sign in, or say in one sentence for every cause that it did not work."""
    form = Form(schemas.SignIn())
    if form.load(request.form):
        with form.catching():
            role = check_and_sign_in(email=form.values["email"], password=form.values["password"])
            if role:
                return redirect(safe_next(form.values["next"], otherwise=landing(role)), 303)
            form.add_error(_("The e-mail address or the password is wrong."))
    form.typed.pop("password", None)
    return render("account/sign_in.html", form=form)


@blueprint.post("/sign-out")
@requires()
def sign_out() -> Response:
    """End this session."""
    end_session()
    return see_other("home.index", said=_("You are signed out."))


@blueprint.get("/register")
@public
def register() -> Response | tuple[str, int]:
    """Show the form that opens an account."""
    if current_user.is_authenticated:
        return redirect(landing(me().role), 303)
    wanted = request.args.get("next", "")
    role = request.args.get("role", "") or _role_for(wanted)
    form = Form(schemas.Register(), initial={"role": role, "next": wanted})
    return render("account/register.html", form=form)


@blueprint.post("/register")
@public
def do_register() -> Response | tuple[str, int]:
    """Open an account: at once in the demo, elsewhere once its address is confirmed."""
    form = Form(schemas.Register())
    if form.load(request.form):
        values = form.values
        person: dict[str, Any] = {
            "email": values["email"],
            "name": values["name"],
            "password_hash": passwords.hash_password(values["password"]),
            "role": Role(values["role"]),
            "at": clock.now(),
        }
        if current_app.config["CONFIRM_ADDRESSES"]:
            back = safe_next(values["next"], otherwise="")
            back = back if may_open(back, person["role"]) else ""
            in_transaction(
                lambda session: registration.ask_to_confirm(session, **person, back=back)
            )
            return redirect(url_for("account.check_inbox"), 303)
        with form.catching(email_taken="email"):
            in_transaction(lambda session: accounts.register(session, **person))
            start_session(email=values["email"])
            there = safe_next(values["next"], otherwise="")
            is_theirs = may_open(there, person["role"])
            return redirect(there if is_theirs else landing(person["role"]), 303)
    form.typed.pop("password", None)
    return render("account/register.html", form=form)


def _role_for(path: str) -> str:
    """Return as whom somebody must register to see a page; nothing where either may."""
    fitting = [role.value for role in (Role.BORROWER, Role.LENDER) if may_open(path, role)]
    return fitting[0] if len(fitting) == 1 else ""


@blueprint.get("/register/check-inbox")
@public
def check_inbox() -> tuple[str, int]:
    """Say where to look; the page is the same for every address."""
    return render("account/check_inbox.html")


@blueprint.get("/confirm/<token>")
@public
def confirm(token: str) -> tuple[str, int]:
    """Show the button that confirms: programs that look into mail open links, people click."""
    back = request.args.get("next", "")
    return render("account/confirm.html", token=token, back=back)


@blueprint.post("/confirm/<token>")
@public
def do_confirm(token: str) -> Response:
    """Confirm an address."""
    in_transaction(lambda session: registration.confirm(session, token=token, at=clock.now()))
    back = safe_next(request.form.get("next"), otherwise="")
    said = _("Your address is confirmed. You can sign in now.")
    return see_other("account.sign_in", said=said, next=back or None)


@blueprint.get("/session")
@requires()
def stay() -> tuple[str, int]:
    """Keep somebody signed in who reads for long."""
    return "", 204


@blueprint.get("/account")
@requires()
def profile() -> tuple[str, int]:
    """Show one's own account."""
    return _profile_page()


@blueprint.post("/account/profile")
@requires()
def change_profile() -> Response | tuple[str, int]:
    """Change one's own name."""
    form = Form(schemas.Profile())
    if form.load(request.form):
        in_transaction(
            lambda session: accounts.change_profile(
                session, user_id=me().id, name=form.values["name"]
            )
        )
        return see_other("account.profile", said=_("Your name is changed."))
    return _profile_page(profile=form)


@blueprint.post("/account/password")
@requires()
def change_password() -> Response | tuple[str, int]:
    """Set a new password after checking the old one; other devices are signed out."""
    form = Form(schemas.ChangePassword())
    if form.load(request.form):
        with reader() as session:
            found = accounts.credentials(session, email=me().email)
        if found and passwords.is_right(found.password_hash, form.values["current"]):
            fresh = passwords.hash_password(form.values["password"])
            in_transaction(
                lambda session: accounts.change_password(
                    session,
                    user_id=me().id,
                    password_hash=fresh,
                    keep=me().session_id,
                    at=clock.now(),
                )
            )
            said = _("Your password is changed and your other devices are signed out.")
            return see_other("account.profile", said=said)
        form.add_error(_("This is not your current password."), field="current")
    form.typed.clear()
    return _profile_page(password=form)


@blueprint.post("/account/devices/<uuid:session_id>/revoke")
@requires()
def revoke_device(session_id: UUID) -> Response:
    """Sign one of one's own devices out."""
    in_transaction(
        lambda session: accounts.revoke_session(
            session, session_id=session_id, user_id=me().id, at=clock.now()
        )
    )
    return see_other("account.profile", said=_("That device is signed out."))


@blueprint.post("/preferences")
@public
def preferences() -> Response:
    """Keep the language or the colours: in a cookie, and with the account of who is signed in."""
    form = Form(schemas.Preferences())
    values = form.values if form.load(request.form) else {}
    response = redirect(safe_next(values.get("next"), otherwise=url_for("home.index")), 303)
    for cookie, name in ((COOKIE, "locale"), (THEME_COOKIE, "theme")):
        if values.get(name):
            secure = current_app.config["HTTPS"]
            response.set_cookie(
                cookie, values[name], max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax"
            )
    if current_user.is_authenticated:
        in_transaction(
            lambda session: accounts.change_preferences(
                session, user_id=me().id, locale=values.get("locale"), theme=values.get("theme")
            )
        )
    return response


def _profile_page(*, profile: Form | None = None, password: Form | None = None) -> tuple[str, int]:
    person = me()
    with reader() as session:
        found = accounts.devices(session, user_id=person.id, at=clock.now(), idle=idle())
    page = AccountPage(
        name=person.name,
        email=person.email,
        role=person.role,
        language=language(),
        theme=person.theme,
        devices=device_lines(found, here=person.session_id),
    )
    forms = {
        "profile": profile or Form(schemas.Profile(), initial={"name": person.name}),
        "password": password or Form(schemas.ChangePassword()),
    }
    refused = next((form for form in forms.values() if form.messages), None)
    return render("account/profile.html", form=refused, page=page, forms=forms)
