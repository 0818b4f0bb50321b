from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

import origination
from marketplace.models import Role
from origination import Signature
from tests.support.borrowing import (
    a_partial_listing,
    a_submitted,
    an_offer,
    judged,
    offer_products,
    read,
    usd,
)
from tests.support.web import Visitor, Watch, settle

SIGNED = {"agree": "1", "name": "Alice"}


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


def test_an_offer_shows_all_it_costs(app: Flask, alice: Visitor) -> None:
    application = an_offer(app)

    page = alice.get(f"/offers/{application}").text

    for figure in ("13.26%", "$2,504.74", "$11,520.00", "$14,024.74", "$389.58", "−$480.00"):
        assert figure in page
    assert page.count("23 Nov 2029") == 2  # the last payment: in the summary and in the schedule
    assert "4.00% of the amount" in page
    assert "Between Alice (the borrower)" in page


def test_an_offer_is_accepted_with_a_signature(app: Flask, alice: Visitor) -> None:
    application = an_offer(app)

    done = alice.post(f"/offers/{application}/accept", agree="1", name=" alice ")

    assert done.location == f"/applications/{application}"
    assert file(app, application).card.status == "accepted"
    again = alice.get(f"/offers/{application}").text
    assert "Accept $12,000.00" not in again


def test_what_was_signed_is_kept_word_for_word_with_its_fingerprint(
    app: Flask, alice: Visitor
) -> None:
    application = an_offer(app)
    alice.post(f"/offers/{application}/accept", agree="1", name="alice")

    page = alice.get(f"/offers/{application}/signed").text
    handed_out = alice.get(f"/offers/{application}/signed/document")

    assert sha256(handed_out.data).hexdigest() in page
    assert "Between Alice (the borrower)" in handed_out.text
    assert "$389.58" in handed_out.text
    assert handed_out.headers["Content-Disposition"].startswith("attachment")
    shown = alice.get(f"/applications/{application}").text
    assert f"/offers/{application}/signed" in shown


def test_a_chinese_reader_signs_a_chinese_agreement(app: Flask, alice: Visitor) -> None:
    application = an_offer(app)

    alice.headers["Accept-Language"] = "zh-Hans-CN"

    alice.post(f"/offers/{application}/accept", **SIGNED)

    assert "借款协议" in alice.get(f"/offers/{application}/signed/document").text


def test_an_operator_reads_what_was_signed_and_others_do_not(app: Flask, alice: Visitor) -> None:
    application = an_offer(app)
    unsigned = alice.get(f"/offers/{application}/signed").status_code
    alice.post(f"/offers/{application}/accept", **SIGNED)
    settle(app, "eve", Role.BORROWER)
    eve, olga = Visitor(app), Visitor(app)
    eve.sign_in("eve")
    olga.sign_in("olga")

    assert unsigned == 404
    assert eve.get(f"/offers/{application}/signed").status_code == 404
    assert eve.get(f"/offers/{application}/signed/document").status_code == 404
    assert f"/reviews/{application}" in olga.get(f"/offers/{application}/signed").text
    assert f"/offers/{application}/signed" in olga.get(f"/reviews/{application}").text


def test_a_refused_acceptance_leaves_no_signature(app: Flask, alice: Visitor) -> None:
    application = an_offer(app)
    alice.post(f"/offers/{application}/accept", **SIGNED)

    again = alice.post(f"/offers/{application}/accept", **SIGNED)

    assert again.status_code == 422
    assert len(read(app, lambda session: session.scalars(select(Signature.id)).all())) == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "Alice"}, "Confirm that you have read the agreement."),
        ({"agree": "1"}, "Type your full name to sign."),
        ({"agree": "1", "name": "Bob"}, "Type your name as it stands in your account: Alice."),
    ],
)
def test_nothing_is_accepted_without_one(
    app: Flask, alice: Visitor, sent: dict[str, str], words: str
) -> None:
    application = an_offer(app)

    page = alice.post(f"/offers/{application}/accept", **sent)

    assert page.status_code == 422
    assert words in page.text
    assert file(app, application).card.status == "approved"


def test_accepting_twice_accepts_once(app: Flask, alice: Visitor) -> None:
    application = an_offer(app)
    alice.post(f"/offers/{application}/accept", **SIGNED)

    again = alice.post(f"/offers/{application}/accept", **SIGNED)

    assert again.status_code == 422
    moves = [moment.to_state for moment in file(app, application).timeline]
    assert moves.count("accepted") == 1


def test_an_offer_ends(app: Flask, alice: Visitor, watch: Watch) -> None:
    application = an_offer(app)
    watch.move(days=31)
    alice.sign_in("alice")

    page = alice.get(f"/offers/{application}").text
    late = alice.post(f"/offers/{application}/accept", **SIGNED)

    assert "Accept the offer" not in page
    assert late.status_code == 422
    assert "apply again" in late.text


def test_a_changed_offer_says_so(app: Flask, alice: Visitor) -> None:
    application = a_submitted(app)
    judged(app, application, approve=True, amount=usd("8000"))

    page = alice.get(f"/offers/{application}").text

    assert "You asked for $12,000.00; we offer $8,000.00." in page


def test_without_an_offer_there_is_no_page(app: Flask, alice: Visitor) -> None:
    waiting, declined = a_submitted(app), a_submitted(app)
    judged(app, declined, approve=False)

    assert alice.get(f"/offers/{waiting}").status_code == 404
    assert alice.get(f"/offers/{declined}").status_code == 404
    assert alice.get(f"/offers/{waiting}/smaller").status_code == 404


def test_another_borrower_s_offer_does_not_exist(app: Flask, alice: Visitor, watch: Watch) -> None:
    del alice
    application = an_offer(app)
    partial, _listing = a_partial_listing(app, watch)
    settle(app, "eve", Role.BORROWER)
    eve = Visitor(app)
    eve.sign_in("eve")

    answers = [
        eve.get(f"/offers/{application}"),
        eve.post(f"/offers/{application}/accept", agree="1", name="Eve"),
        eve.get(f"/offers/{partial}/smaller"),
        eve.post(f"/offers/{partial}/smaller/accept", agree="1", name="Eve"),
        eve.post(f"/offers/{partial}/smaller/decline"),
    ]

    assert [answer.status_code for answer in answers[:1] + answers[2:]] == [404] * 4
    assert answers[1].status_code >= 400
    assert file(app, application).card.status == "approved"


def test_the_smaller_amount_has_a_quote_of_its_own(
    app: Flask, alice: Visitor, watch: Watch
) -> None:
    application, _listing = a_partial_listing(app, watch)
    alice.sign_in("alice")

    page = alice.get(f"/offers/{application}/smaller").text

    assert "$9,000 instead of $12,000" in page
    assert "$8,640.00" in page
    assert "$292.19" in page


def test_the_smaller_amount_is_taken(app: Flask, alice: Visitor, watch: Watch) -> None:
    application, _listing = a_partial_listing(app, watch)
    alice.sign_in("alice")

    alice.post(f"/offers/{application}/smaller/accept", **SIGNED)

    listing = file(app, application).listing
    assert listing is not None
    assert (listing.status, listing.amount) == ("funded", usd("9000"))


def test_the_smaller_amount_is_left(app: Flask, alice: Visitor, watch: Watch) -> None:
    application, _listing = a_partial_listing(app, watch)
    alice.sign_in("alice")

    done = alice.post(f"/offers/{application}/smaller/decline")

    listing = file(app, application).listing
    assert listing is not None
    assert (listing.status, listing.reserved) == ("withdrawn", usd("0"))
    assert "you owe nothing" in alice.get(done.location).text


def test_the_smaller_amount_needs_a_signature_too(app: Flask, alice: Visitor, watch: Watch) -> None:
    application, _listing = a_partial_listing(app, watch)
    alice.sign_in("alice")

    page = alice.post(f"/offers/{application}/smaller/accept", name="Alice")

    assert page.status_code == 422
