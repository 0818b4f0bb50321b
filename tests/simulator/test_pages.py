"""The bank's pages, as a browser without scripts fills them in."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from stripe import StripeClient
from stripe.checkout import Session
from werkzeug.test import TestResponse

from simulator import Simulator, create_app
from simulator.words import ZH
from tests.simulator import people

CARD = {
    "method": "card",
    "email": "bob@example.com",
    "name": "Bob",
    "number": "4242 4242 4242 4242",
    "expires": "12 / 34",
    "cvc": "123",
}
DEBIT = {
    "method": "us_bank_account",
    "email": "bob@example.com",
    "name": "Bob",
    "routing_number": "110000000",
    "account_number": "000123456789",
    "agreed": "yes",
}
CAROL = {
    "first_name": "Carol",
    "last_name": "Lender",
    "born": "1990-01-01",
    "street": "1 Demo Street",
    "city": "Springfield",
    "routing_number": "110000000",
    "account_number": "000123456789",
    "agreed": "yes",
}


@pytest.fixture
def browser(bank: Simulator) -> Iterator[FlaskClient]:
    app = create_app(store=bank.store, public_url=bank.url)
    with app.test_client() as browser:
        yield browser


def path(url: str | None) -> str:
    """Return the part of an address that follows the host."""
    return "/" + str(url).split("/", 3)[3]


def text(response: TestResponse) -> str:
    return re.sub(r"\s+", " ", response.get_data(as_text=True))


def now(client: StripeClient, session: Session) -> Session:
    return client.v1.checkout.sessions.retrieve(session.id)


def test_a_deposit_is_paid_with_a_card(
    bank: Simulator, client: StripeClient, browser: FlaskClient
) -> None:
    session = people.session(client, customer=people.bob(client).id)
    form = browser.get(path(session.url))
    assert "$25.00 USD" in text(form)
    assert "No real money moves here" in text(form)

    page = browser.post(path(session.url), data=CARD, follow_redirects=True)

    assert "Thank you." in text(page)
    assert f"paid?session={session.id}" in text(page)
    session = now(client, session)
    assert (session.status, session.payment_status) == ("complete", "paid")
    assert session.customer_details is not None
    assert session.customer_details.email == "bob@example.com"
    assert people.kinds(bank)[-1] == "checkout.session.completed"


def test_a_deposit_from_a_bank_account_is_on_its_way(
    bank: Simulator, client: StripeClient, browser: FlaskClient
) -> None:
    session = people.session(client)

    page = browser.post(path(session.url), data=DEBIT, follow_redirects=True)

    assert "It takes up to four days" in text(page)
    session = now(client, session)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    bank.advance(days=4)
    assert now(client, session).payment_status == "paid"
    assert people.kinds(bank)[-1] == "checkout.session.async_payment_succeeded"


def test_a_deposit_from_an_empty_bank_account_fails_later(
    bank: Simulator, client: StripeClient, browser: FlaskClient
) -> None:
    session = people.session(client)
    browser.post(path(session.url), data={**DEBIT, "account_number": "000222222227"})

    bank.advance(days=4)

    assert now(client, session).payment_status == "unpaid"
    assert people.kinds(bank)[-1] == "checkout.session.async_payment_failed"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"number": "4000 0000 0000 0002"}, "Your card was declined."),
        ({"number": "4000 0000 0000 9995"}, "Your card has insufficient funds."),
        ({"number": "1234"}, "Your card number is incorrect."),
        ({"expires": "soon"}, "Please write the expiry date as MM/YY."),
        ({"expires": "12/20"}, "expiration year is invalid."),
        ({**DEBIT, "agreed": ""}, "A bank debit needs its owner"),
        ({**DEBIT, "routing_number": "1"}, "the routing number is 110000000"),
    ],
)
def test_what_does_not_work_is_said_and_can_be_mended(
    client: StripeClient, browser: FlaskClient, change: dict[str, str], says: str
) -> None:
    session = people.session(client)

    refused = browser.post(path(session.url), data={**CARD, **change})

    assert refused.status_code == 422
    assert says in text(refused).replace("&#39;", "'")
    assert "Bob" in text(refused)
    page = browser.post(path(session.url), data=CARD, follow_redirects=True)
    assert "Thank you." in text(page)


def test_a_session_is_paid_once(client: StripeClient, browser: FlaskClient) -> None:
    session = people.session(client)
    url = path(session.url)
    browser.post(url, data=CARD)

    browser.post(url, data=CARD)

    assert len(client.v1.charges.list().data) == 1


def test_a_card_may_ask_its_owner(client: StripeClient, browser: FlaskClient) -> None:
    session = people.session(client)
    asked = {**CARD, "number": "4000 0027 6000 3184"}
    question = browser.post(path(session.url), data=asked, follow_redirects=True)
    assert "Is it you?" in text(question)

    refused = browser.post(question.request.path, data={"answer": "no"})
    assert "You did not confirm the payment." in text(refused)

    question = browser.post(path(session.url), data=asked, follow_redirects=True)
    done = browser.post(question.request.path, data={"answer": "yes"}, follow_redirects=True)
    assert "Thank you." in text(done)
    assert now(client, session).payment_status == "paid"


def test_an_intent_without_a_session_asks_as_well(
    client: StripeClient, browser: FlaskClient
) -> None:
    intent = people.pay(client, method="pm_card_authenticationRequired", return_url=people.SUCCESS)
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    url = path(intent.next_action.redirect_to_url.url)

    done = browser.post(url, data={"answer": "yes"})

    assert people.SUCCESS in text(done)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert "nothing to confirm" in text(browser.get(url))


def test_a_way_of_paying_is_saved_for_later(client: StripeClient, browser: FlaskClient) -> None:
    customer = people.bob(client)
    session = people.session(client, mode="setup", customer=customer.id)

    page = browser.post(path(session.url), data=DEBIT, follow_redirects=True)

    assert "can be used from now on" in text(page)
    session = now(client, session)
    assert (session.status, session.payment_status) == ("complete", "no_payment_required")
    [saved] = client.v1.payment_methods.list({"customer": customer.id}).data
    later = people.pay(client, method=saved.id, customer=customer.id, off_session=True)
    assert later.status == "processing"


def test_a_session_expires(bank: Simulator, client: StripeClient, browser: FlaskClient) -> None:
    session = people.session(client)
    url = path(session.url)

    bank.advance(days=1)

    assert "This page has expired" in text(browser.get(url))
    assert browser.post(url, data=CARD).status_code == 422
    assert now(client, session).status == "expired"
    assert people.kinds(bank)[-1] == "checkout.session.expired"


@pytest.mark.parametrize("header", ["zh-CN,zh;q=0.9", "zh-Hans-CN", "zh"])
def test_chinese_readers_read_chinese(
    client: StripeClient, browser: FlaskClient, header: str
) -> None:
    session = people.session(client)

    page = browser.get(path(session.url), headers={"Accept-Language": header})

    assert 'lang="zh-CN"' in text(page)
    assert "演示银行" in text(page)
    assert "支付 $25.00 USD" in text(page)


def test_the_session_may_choose_the_language(client: StripeClient, browser: FlaskClient) -> None:
    chinese = people.session(client, locale="zh")
    english = people.session(client, locale="en")
    reader = {"Accept-Language": "zh-CN"}

    assert "卡号" in text(browser.get(path(chinese.url), headers={"Accept-Language": "en"}))
    assert "Card number" in text(browser.get(path(english.url), headers=reader))


def test_every_sentence_of_the_pages_is_there_in_chinese() -> None:
    folder = Path(__file__).parents[2] / "simulator"
    pages = [*folder.glob("templates/bank/*.html"), folder / "pages.py"]
    source = "".join(page.read_text(encoding="utf-8") for page in pages)
    said = set(re.findall(r'\b_\("([^"]+)"', source))
    said |= set(re.findall(r'\("[\d ]+", "([^"]+)"\)', source))
    said |= set(re.findall(r'title, text = "([^"]+)"', source))

    assert len(said) > 50
    assert said - set(ZH) == set()


def test_somebody_says_who_is_paid(
    bank: Simulator, client: StripeClient, browser: FlaskClient
) -> None:
    account = client.v1.accounts.create(
        {"type": "express", "capabilities": {"transfers": {"requested": True}}}
    )
    link: Any = {"account": account.id, "type": "account_onboarding"}
    link |= {"return_url": "http://127.0.0.1:9/back", "refresh_url": "http://127.0.0.1:9/fresh"}
    url = path(client.v1.account_links.create(link).url)
    assert "About you" in text(browser.get(url))

    wrong = browser.post(url, data={**CAROL, "born": "yesterday"})
    assert "year-month-day" in text(wrong)
    missing = browser.post(url, data={**CAROL, "city": ""}, headers={"Accept-Language": "zh-CN"})
    assert "请填写：城市" in text(missing)
    page = browser.post(url, data=CAROL, follow_redirects=True)

    assert "http://127.0.0.1:9/back" in text(page)
    account = client.v1.accounts.retrieve(account.id)
    assert (account.payouts_enabled, account.details_submitted) == (True, True)
    assert account.capabilities is not None
    assert account.capabilities.transfers == "active"
    assert "http://127.0.0.1:9/fresh" not in text(browser.get(url))
    assert "This page has expired" in text(browser.get(url))
    assert bank.deliveries[-1].type == "account.updated"


def test_an_old_link_leads_back(
    bank: Simulator, client: StripeClient, browser: FlaskClient
) -> None:
    account = client.v1.accounts.create({"type": "express"})
    link: Any = {"account": account.id, "type": "account_onboarding"}
    link |= {"return_url": "http://127.0.0.1:9/back", "refresh_url": "http://127.0.0.1:9/fresh"}
    url = path(client.v1.account_links.create(link).url)

    bank.advance(seconds=301)

    assert "http://127.0.0.1:9/fresh" in text(browser.get(url))


def test_somebody_looks_at_what_they_have(
    bank: Simulator, client: StripeClient, browser: FlaskClient
) -> None:
    people.fund(client)
    account = people.carol(bank)
    client.v1.transfers.create({"amount": 5_000, "currency": "usd", "destination": account.id})
    link = client.v1.accounts.login_links.create(account.id)

    assert "$50.00 USD" in text(browser.get(path(link.url)))


def test_every_page_is_under_the_strict_policy(client: StripeClient, browser: FlaskClient) -> None:
    session = people.session(client)

    for place in ("/", path(session.url), "/assets/bank.css", "/assets/bank.svg"):
        page = browser.get(place)
        policy = page.headers["Content-Security-Policy"]
        assert page.status_code == 200
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", text(page))


@pytest.mark.parametrize(
    "place", ["/nothing", "/pay/cs_1", "/authenticate/pi_1", "/onboard/acct_1/x", "/express/acct_1"]
)
def test_what_is_not_there_is_not_there(browser: FlaskClient, place: str) -> None:
    assert browser.get(place).status_code == 404
