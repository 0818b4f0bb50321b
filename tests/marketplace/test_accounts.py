import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.db import atomic, reader
from marketplace.models import OutboxMessage, Role, User, UserSession
from tests.support.web import PASSWORD, Visitor, Watch


def rows(app: Flask, statement: Any) -> list[Any]:
    with app.app_context(), reader() as session:
        return list(session.scalars(statement))


def newcomer(**changes: str) -> dict[str, str]:
    return {
        "role": "lender",
        "name": "Carol",
        "email": "Carol@Tessera.example",
        "password": PASSWORD,
        "agree": "1",
    } | changes


def test_who_opens_an_account_is_signed_in_at_once(app: Flask, visitor: Visitor) -> None:
    answer = visitor.post("/register", **newcomer())

    assert answer.status_code == 303
    assert visitor.get("/account").status_code == 200
    user = rows(app, select(User).where(User.name == "Carol"))[0]
    assert (user.email, user.role) == ("carol@tessera.example", "lender")
    assert user.password_hash.startswith("$argon2id$")


def test_who_opens_an_account_on_the_way_to_a_page_arrives_there(visitor: Visitor) -> None:
    wanted = "/applications/new?amount=12000"
    sent = visitor.get(wanted).location or ""
    signing_in = visitor.get(sent).text
    path = re.findall(r'href="(/register[^"]*)"', signing_in)[-1].replace("&amp;", "&")
    form = visitor.get(path).text

    answer = visitor.post("/register", **newcomer(role="borrower", next=wanted))

    assert re.search(r'value="borrower"[^>]*checked', form)
    assert f'name="next" value="{wanted}"' in form
    assert answer.location == wanted


@pytest.mark.parametrize("wanted", ["/ledger/", "/applications/new", "//evil.example/", "/nowhere"])
def test_a_page_that_is_not_theirs_is_not_where_newcomers_are_led(
    visitor: Visitor, wanted: str
) -> None:
    answer = visitor.post("/register", **newcomer(role="lender", next=wanted))

    assert answer.location == "/overview/investor/"


def test_who_reads_for_long_can_stay(visitor: Visitor) -> None:
    assert visitor.get("/session").status_code == 303
    visitor.post("/register", **newcomer())

    assert visitor.get("/session").status_code == 204


def test_nobody_makes_themselves_an_operator(app: Flask, visitor: Visitor) -> None:
    answer = visitor.post("/register", **newcomer(role="operator"))

    assert answer.status_code == 422
    assert not rows(app, select(User).where(User.name == "Carol"))


def test_an_address_has_one_account(visitor: Visitor) -> None:
    answer = visitor.post("/register", **newcomer(email="BOB@tessera.example"))

    assert answer.status_code == 422
    assert "bob@tessera.example" in answer.text


def test_a_short_password_is_refused_and_never_shown_again(visitor: Visitor) -> None:
    answer = visitor.post("/register", **newcomer(password="short"))

    assert answer.status_code == 422
    assert "Write at least 10 characters." in answer.text
    assert 'value="short"' not in answer.text
    assert 'value="Carol"' in answer.text


def test_a_wrong_password_and_an_unknown_address_read_alike(visitor: Visitor) -> None:
    wrong = visitor.sign_in("bob", "not the password")
    unknown = visitor.sign_in("nobody", "not the password")

    sentence = "The e-mail address or the password is wrong."
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.count(sentence) == unknown.text.count(sentence) == 1


def test_guessing_has_to_wait(visitor: Visitor, watch: Watch) -> None:
    for _ in range(5):
        visitor.sign_in("bob", "a guess, a guess")

    throttled = visitor.sign_in("bob")
    watch.move(minutes=15, seconds=1)
    later = visitor.sign_in("bob")

    assert throttled.status_code == 422
    assert "wait 15 minutes" in throttled.text
    assert later.status_code == 303


def test_guessing_from_one_address_over_many_accounts_has_to_wait_too(
    app: Flask, visitor: Visitor
) -> None:
    app.config["LOGIN_FAILURES_PER_ADDRESS"] = 3
    for name in ("carol", "dan", "erin"):
        visitor.sign_in(name, "a guess, a guess")

    assert visitor.sign_in("bob").status_code == 422


def test_signing_in_forgets_the_session_of_before(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in("bob")
    before = visitor.client.get_cookie("tessera")
    visitor.post("/sign-out")

    visitor.sign_in("bob")

    assert before != visitor.client.get_cookie("tessera")
    assert len({row.token_hash for row in rows(app, select(UserSession))}) == 2


def test_a_stolen_cookie_is_worthless_after_signing_out(app: Flask, bob: Visitor) -> None:
    cookie = bob.client.get_cookie("tessera")
    assert cookie is not None
    thief = Visitor(app)
    thief.client.set_cookie("tessera", cookie.value)

    bob.post("/sign-out")

    assert thief.get("/account").status_code == 303


def test_the_database_does_not_hold_what_the_cookie_holds(app: Flask, bob: Visitor) -> None:
    with bob.client.session_transaction() as cookie:
        token = cookie["token"]

    assert token not in {row.token_hash for row in rows(app, select(UserSession))}


def test_a_session_ends_when_nobody_clicks(bob: Visitor, watch: Watch) -> None:
    watch.move(minutes=14)
    busy = bob.get("/account")
    watch.move(minutes=14)
    still_busy = bob.get("/account")
    watch.move(minutes=16)
    idle = bob.get("/account")

    assert [busy.status_code, still_busy.status_code, idle.status_code] == [200, 200, 303]


def test_a_session_ends_after_half_a_day_whatever_happens(bob: Visitor, watch: Watch) -> None:
    for _ in range(12 * 6 - 1):
        watch.move(minutes=10)
        assert bob.get("/account").status_code == 200

    watch.move(minutes=10)

    assert bob.get("/account").status_code == 303


def test_a_device_can_be_signed_out_from_another(app: Flask, bob: Visitor) -> None:
    phone = Visitor(app)
    phone.sign_in("bob")
    with phone.client.session_transaction() as cookie:
        assert cookie["token"]
    newest = select(UserSession).order_by(UserSession.id.desc())

    bob.post(f"/account/devices/{rows(app, newest)[0].id}/revoke")

    assert phone.get("/account").status_code == 303
    assert bob.get("/account").status_code == 200


def test_nobody_signs_out_the_devices_of_others(app: Flask, bob: Visitor) -> None:
    alice = Visitor(app)
    alice.sign_in("alice")
    hers = rows(app, select(UserSession).order_by(UserSession.id.desc()))[0]

    answer = bob.post(f"/account/devices/{hers.id}/revoke")

    assert answer.status_code == 404
    assert alice.get("/account").status_code == 200


def test_a_new_password_signs_out_the_other_devices(app: Flask, bob: Visitor) -> None:
    phone = Visitor(app)
    phone.sign_in("bob")

    bob.post("/account/password", current=PASSWORD, password="another horse entirely")

    assert phone.get("/account").status_code == 303
    assert bob.get("/account").status_code == 200
    assert Visitor(app).sign_in("bob", "another horse entirely").status_code == 303


def test_a_password_is_changed_only_by_who_knows_it(bob: Visitor) -> None:
    answer = bob.post("/account/password", current="a guess", password="another horse entirely")

    assert answer.status_code == 422
    assert "This is not your current password." in answer.text


def test_a_disabled_account_opens_no_more(app: Flask, bob: Visitor, watch: Watch) -> None:
    with app.app_context(), atomic() as session:
        session.scalars(select(User).where(User.name == "Bob")).one().disabled_at = watch()

    assert bob.get("/account").status_code == 303
    assert Visitor(app).sign_in("bob").status_code == 422


@pytest.mark.parametrize("role", list(Role))
def test_a_command_opens_an_account_of_any_role(app: Flask, role: Role) -> None:
    runner = app.test_cli_runner()

    asked = ["--name", "Oscar", "--role", role.value, "--password", PASSWORD]

    made = runner.invoke(args=["user", "create", "Oscar@tessera.example", *asked])
    again = runner.invoke(args=["user", "create", "oscar@tessera.example", *asked])

    assert made.exit_code == 0
    assert again.exit_code == 1
    assert "already an account" in again.output
    assert Visitor(app).sign_in("oscar").status_code == 303


def test_a_hash_of_weaker_days_is_replaced_when_its_owner_signs_in(
    app: Flask, visitor: Visitor
) -> None:
    bobs = select(User.password_hash).where(User.name == "Bob")
    weak = rows(app, bobs)[0]
    app.config["PASSWORD_PROFILE"] = "standard"

    visitor.sign_in("bob")

    strong = rows(app, bobs)[0]
    assert "m=8,t=1" in weak
    assert "m=19456,t=2,p=1" in strong
    assert Visitor(app).sign_in("bob").status_code == 303


@pytest.fixture
def careful(app: Flask) -> Visitor:
    """Come to a site that confirms addresses."""
    app.config["CONFIRM_ADDRESSES"] = True
    return Visitor(app)


def last_mail(app: Flask) -> OutboxMessage:
    newest = select(OutboxMessage).order_by(OutboxMessage.id.desc())
    message = rows(app, newest)[0]
    assert isinstance(message, OutboxMessage)
    return message


def test_a_stranger_cannot_find_out_who_has_an_account(app: Flask, careful: Visitor) -> None:
    known = careful.post("/register", **newcomer(email="bob@tessera.example"))
    told_bob = last_mail(app)
    fresh = careful.post("/register", **newcomer())
    told_carol = last_mail(app)

    assert known.status_code == fresh.status_code == 303
    assert known.headers["Location"] == fresh.headers["Location"] == "/register/check-inbox"
    assert careful.sign_in("carol").text.count("is wrong") == 1
    assert "already have an account" in told_bob.body
    assert "/confirm/" in told_carol.body


def test_an_account_opens_once_its_address_is_confirmed(app: Flask, careful: Visitor) -> None:
    careful.post("/register", **newcomer())
    link = last_mail(app).body.split("localhost")[-1].strip()

    looked_at = careful.get(link)
    still_closed = careful.sign_in("carol")
    confirmed = careful.post(link)

    assert looked_at.status_code == 200
    assert still_closed.status_code == 422
    assert confirmed.headers["Location"] == "/sign-in"
    assert careful.sign_in("carol").status_code == 303


def test_who_confirms_an_address_goes_on_to_the_page_they_came_for(
    app: Flask, careful: Visitor
) -> None:
    wanted = "/applications/new?amount=12000&months=36"
    careful.post("/register", **newcomer(role="borrower", next=wanted))
    link = last_mail(app).body.split("localhost")[-1].strip()

    page = careful.get(link).text
    confirmed = careful.post(link.partition("?")[0], next=wanted)
    strange = careful.post(link.partition("?")[0], next="//evil.example/")

    assert f'name="next" value="{html.escape(wanted)}"' in page
    assert parse_qs(urlsplit(confirmed.location or "").query) == {"next": [wanted]}
    assert strange.location == "/sign-in"


def test_a_link_that_we_did_not_write_confirms_nothing(careful: Visitor) -> None:
    answer = careful.post("/confirm/made-up")

    assert answer.status_code == 422
    assert "no longer valid" in answer.text


def test_an_inbox_is_not_flooded(app: Flask, careful: Visitor) -> None:
    for _ in range(3):
        careful.post("/register", **newcomer(email="bob@tessera.example"))

    assert len(rows(app, select(OutboxMessage))) == 1
