import re
from uuid import UUID, uuid4

import pytest
from flask import Flask

import origination
from marketplace.models import Role
from origination import Facts
from tests.support.borrowing import (
    a_draft,
    a_listing,
    a_loan,
    a_submitted,
    an_offer,
    funded,
    judged,
    offer_products,
    person,
    read,
)
from tests.support.web import Visitor, settle

LOAN = {"amount": "12,000", "term": "36", "purpose": "car"}
ABOUT = {"age": "34", "region": "CA"}
INCOME = {"income": "72000", "employment_years": "4", "home": "rent"}
CREDIT = {"payments": "1080.60", "history_years": "12", "late_payments": "0", "inquiries": "1"}


@pytest.fixture
def alice(app: Flask) -> Visitor:
    offer_products(app)
    visitor = Visitor(app)
    visitor.sign_in("alice")
    return visitor


def file(app: Flask, application: UUID) -> origination.ApplicationFile:
    return read(
        app, lambda session: origination.application_file(session, application_id=application)
    )


def only(app: Flask) -> UUID:
    alice = person(app, "alice")
    found = read(app, lambda session: origination.applications_of(session, borrower_id=alice))
    assert len(found.items) == 1
    return found.items[0].id


def test_a_borrower_applies_page_by_page(app: Flask, alice: Visitor) -> None:
    began = alice.post("/applications/new/personal-us", **LOAN)
    path = f"/applications/{only(app)}"
    about = alice.post(f"{path}/about", **ABOUT)
    income = alice.post(f"{path}/income", **INCOME)
    credit = alice.post(f"{path}/credit", **CREDIT)
    answers = alice.get(f"{path}/check").text
    sent = alice.post(f"{path}/submit", truthful="1")

    assert began.location == f"{path}/about"
    assert about.location == f"{path}/income"
    assert income.location == f"{path}/credit"
    assert credit.location == f"{path}/check"
    assert "$12,000.00" in answers
    assert "18.01% of your income" in answers
    assert "Not known" in answers
    assert sent.location == f"{path}/submitted"
    found = file(app, only(app))
    assert found.card.status == "submitted"
    assert found.facts.delinquencies_2y == 0
    assert found.facts.public_records is None
    assert f"A-{found.card.number}" in alice.get(sent.location).text


def test_what_was_saved_is_there_when_one_comes_back(app: Flask, alice: Visitor) -> None:
    alice.post("/applications/new/personal-us", **LOAN)
    path = f"/applications/{only(app)}"
    alice.post(f"{path}/about", **ABOUT)

    resumed = alice.get(f"{path}/check")

    assert resumed.location == f"{path}/income"
    assert 'value="34"' in alice.get(f"{path}/about").text
    assert 'value="12,000"' in alice.get(f"{path}/loan").text
    assert "Draft" in alice.get("/applications/").text


def test_a_changed_answer_leads_back_to_the_answers(app: Flask, alice: Visitor) -> None:
    path = f"/applications/{a_draft(app)}"

    changed = alice.post(f"{path}/loan", **LOAN | {"amount": "9000", "term": "60"})

    assert changed.location == f"{path}/check"
    card = file(app, only(app)).card
    assert (card.amount.minor, card.installments) == (900000, 60)


def test_other_debts_keep_their_cost_when_the_income_changes(app: Flask, alice: Visitor) -> None:
    path = f"/applications/{a_draft(app)}"

    alice.post(f"{path}/income", **INCOME | {"income": "36000"})

    assert "$1,080.60" in alice.get(f"{path}/check").text
    assert str(file(app, only(app)).facts.debt_to_income) == "36.02%"


def test_wrong_answers_are_named_and_kept(alice: Visitor) -> None:
    page = alice.post("/applications/new/personal-us", amount="123.45", term="48", purpose="boat")

    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert "Enter $500.00 or more." in page.text
    assert 'value="123.45"' in page.text


@pytest.mark.parametrize(
    ("step", "sent", "words"),
    [
        ("about", ABOUT | {"age": ""}, "Enter your age."),
        ("about", ABOUT | {"age": "old"}, "Enter a whole number"),
        ("income", INCOME | {"income": "-5"}, "Enter an amount in digits"),
        ("income", INCOME | {"home": "castle"}, "Choose one of the options."),
        ("credit", CREDIT | {"payments": ""}, "0 if nothing"),
        ("credit", CREDIT | {"score": "900"}, "does not take"),
    ],
)
def test_every_step_says_how_to_mend_it(
    app: Flask, alice: Visitor, step: str, sent: dict[str, str], words: str
) -> None:
    page = alice.post(f"/applications/{a_draft(app)}/{step}", **sent)

    assert page.status_code == 422
    assert words in page.text


def test_who_pays_nothing_for_debts_may_say_so(app: Flask, alice: Visitor) -> None:
    draft = a_draft(app)

    page = alice.post(f"/applications/{draft}/credit", payments="0")

    assert page.status_code == 303
    assert str(file(app, draft).facts.debt_to_income) == "0%"


def test_it_is_only_sent_by_whoever_vouches_for_it(app: Flask, alice: Visitor) -> None:
    draft = a_draft(app)

    page = alice.post(f"/applications/{draft}/submit")

    assert page.status_code == 422
    assert "Confirm that what you stated is true." in page.text
    assert file(app, draft).card.status == "draft"


def test_sending_twice_sends_once(app: Flask, alice: Visitor) -> None:
    draft = a_draft(app)
    alice.post(f"/applications/{draft}/submit", truthful="1")

    again = alice.post(f"/applications/{draft}/submit", truthful="1")

    assert again.location == f"/applications/{draft}/submitted"
    sent = [moment for moment in file(app, draft).timeline if moment.to_state == "submitted"]
    assert len(sent) == 1


def test_an_unfinished_draft_cannot_be_sent(app: Flask, alice: Visitor) -> None:
    draft = a_draft(app, facts=Facts())

    page = alice.post(f"/applications/{draft}/submit", truthful="1")

    assert page.location == f"/applications/{draft}/about"
    assert file(app, draft).card.status == "draft"


def test_a_sent_application_is_no_longer_changed(app: Flask, alice: Visitor) -> None:
    application = a_submitted(app)
    path = f"/applications/{application}"

    for page in (alice.get(f"{path}/loan"), alice.get(f"{path}/check")):
        assert page.location == path
    assert alice.post(f"{path}/loan", **LOAN | {"amount": "500"}).location == path
    assert file(app, application).card.amount.minor == 1200000


def test_a_product_that_is_not_offered_cannot_be_asked_for(alice: Visitor) -> None:
    assert alice.get("/applications/new/gold").status_code == 404
    assert alice.post("/applications/new/gold", **LOAN).status_code == 404


def test_the_calculator_s_wish_is_filled_in(alice: Visitor) -> None:
    page = alice.get("/applications/new/personal-us?amount=7,500&term=60").text

    assert 'value="7,500"' in page
    assert re.search(r'value="60"[^>]* checked', page)


def test_both_products_are_shown_with_their_limits(alice: Visitor) -> None:
    page = alice.get("/applications/new").text

    assert "$40,000" in page
    assert "CN¥200,000" in page


@pytest.mark.parametrize("action", ["", "/loan", "/check", "/submitted", "/withdraw"])
def test_another_borrower_s_application_does_not_exist(
    app: Flask, alice: Visitor, action: str
) -> None:
    draft = a_draft(app)
    settle(app, "eve", Role.BORROWER)
    eve = Visitor(app)
    eve.sign_in("eve")

    assert eve.get(f"/applications/{draft}{action}").status_code == 404
    assert alice.get(f"/applications/{draft}").status_code == 200


def test_nobody_acts_on_another_borrower_s_application(app: Flask, alice: Visitor) -> None:
    del alice
    draft = a_draft(app)
    settle(app, "eve", Role.BORROWER)
    eve = Visitor(app)
    eve.sign_in("eve")

    answers = [
        eve.post(f"/applications/{draft}/loan", **LOAN),
        eve.post(f"/applications/{draft}/submit", truthful="1"),
        eve.post(f"/applications/{draft}/withdraw"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert file(app, draft).card.status == "draft"


def test_an_application_that_is_nowhere_is_not_found(alice: Visitor) -> None:
    assert alice.get(f"/applications/{uuid4()}").status_code == 404


def test_a_lender_has_no_applications(app: Flask) -> None:
    bob = Visitor(app)
    bob.sign_in("bob")

    assert bob.get("/applications/").status_code == 403


def test_the_page_tells_what_comes_next(app: Flask, alice: Visitor) -> None:
    application = a_submitted(app)
    waiting = alice.get(f"/applications/{application}").text
    judged(app, application, approve=True)
    approved = alice.get(f"/applications/{application}").text

    assert "You need not do anything." in waiting
    assert "We offer you $12,000.00." in approved
    assert f"/offers/{application}" in approved
    assert "Approved; an offer was made" in approved


def test_a_decline_names_its_reasons_and_no_score(app: Flask, alice: Visitor) -> None:
    application = a_submitted(app)
    judged(app, application, approve=False, reasons=["debt_to_income_too_high"])

    page = alice.get(f"/applications/{application}").text

    assert "Your other debts take too large a part of your income." in page
    assert "principal reasons" in page


def test_a_listing_tells_how_far_it_is_funded(app: Flask, alice: Visitor) -> None:
    application, listing = a_listing(app)
    funded(app, listing, "3000")

    page = alice.get(f"/applications/{application}").text

    assert "$3,000 of $12,000 funded" in page
    assert "$9,000.00" in page
    assert "in 14 days" in page


def test_a_paid_out_loan_is_linked(app: Flask, alice: Visitor) -> None:
    loan = a_loan(app)

    assert f"/loans/{loan}" in alice.get(f"/applications/{only(app)}").text


def test_an_application_is_withdrawn_after_a_second_look(app: Flask, alice: Visitor) -> None:
    application = an_offer(app)
    asked = alice.get(f"/applications/{application}/withdraw")

    done = alice.post(f"/applications/{application}/withdraw", why="I changed my mind")

    assert "This cannot be undone." in asked.text
    assert done.location == f"/applications/{application}"
    assert file(app, application).card.status == "withdrawn"
    assert file(app, application).timeline[-1].why == "I changed my mind"


def test_withdrawing_a_listing_gives_investors_their_money_back(app: Flask, alice: Visitor) -> None:
    application, listing = a_listing(app)
    funded(app, listing, "3000")

    alice.post(f"/applications/{application}/withdraw")

    found = file(app, application).listing
    assert found is not None
    assert found.status == "withdrawn"
    assert found.reserved.is_zero
    assert "you owe nothing" in alice.get(f"/applications/{application}").text.lower()


def test_it_is_too_late_to_withdraw_a_loan(app: Flask, alice: Visitor) -> None:
    a_loan(app)
    application = only(app)

    asked = alice.get(f"/applications/{application}/withdraw")
    sent = alice.post(f"/applications/{application}/withdraw")

    assert asked.location == f"/applications/{application}"
    assert sent.status_code == 422


def test_chinese_readers_apply_in_chinese(app: Flask, alice: Visitor) -> None:
    del alice
    reader = Visitor(app, language="zh-CN")
    reader.sign_in("alice")

    page = reader.get("/applications/new/personal-cn").text

    assert "个人信用贷款" in page
    assert "¥1,000" in page
