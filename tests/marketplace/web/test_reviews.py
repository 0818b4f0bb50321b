"""Two people look at an application; then it may be opened to investors."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import origination
from kernel import find
from marketplace import flows, jobs
from marketplace.models import Role
from origination import Application, ApplicationStatus
from tests.support.borrowing import a_submitted, an_offer, offer_products, person, read, write
from tests.support.web import NOON, Visitor, settle


@pytest.fixture
def olga(app: Flask) -> Visitor:
    return operator(app, "olga")


@pytest.fixture
def oscar(app: Flask) -> Visitor:
    settle(app, "oscar", Role.OPERATOR)
    return operator(app, "oscar")


@pytest.fixture
def application(app: Flask) -> UUID:
    offer_products(app)
    return a_submitted(app)


def operator(app: Flask, name: str) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(name)
    return visitor


def status(app: Flask, application: UUID) -> ApplicationStatus:
    file = read(app, lambda s: origination.application_file(s, application_id=application))
    return file.card.status


def accepted(app: Flask) -> UUID:
    offer_products(app)
    application, alice = an_offer(app), person(app, "alice")
    write(
        app,
        lambda session: origination.accept(
            session, application_id=application, borrower_id=alice, at=NOON
        ),
    )
    return application


def test_one_person_reviews_and_another_decides(
    app: Flask, application: UUID, olga: Visitor, oscar: Visitor
) -> None:
    path = f"/reviews/{application}"

    assert path in olga.get("/reviews/").text
    reviewed = olga.post(f"{path}/review", recommend="approve", note="Payslips seen.")
    assert path in oscar.get("/reviews/?tab=reviewed").text
    decided = oscar.post(f"{path}/decide", decision="approve", note="Within policy.")

    assert (reviewed.location, decided.location) == (path, path)
    assert status(app, application) is ApplicationStatus.APPROVED
    page = olga.get(path).text
    assert "Payslips seen." in page
    assert "Within policy." in page
    assert "Oscar" in page


def test_the_hands_that_reviewed_do_not_decide(
    app: Flask, application: UUID, olga: Visitor
) -> None:
    path = f"/reviews/{application}"
    olga.post(f"{path}/review", recommend="approve", note="Payslips seen.")

    page = olga.get(path).text
    forced = olga.post(f"{path}/decide", decision="approve", note="I am sure.")

    assert "You reviewed this application; somebody else must decide it." in page
    assert 'action="' + path + '/decide"' not in page
    assert forced.status_code == 422
    assert "There is a problem" in forced.text
    assert status(app, application) is ApplicationStatus.REVIEWED


def test_a_review_says_what_was_checked(app: Flask, application: UUID, olga: Visitor) -> None:
    answer = olga.post(f"/reviews/{application}/review", recommend="", note="")

    assert answer.status_code == 422
    assert "Choose what you recommend." in answer.text
    assert "Say what you checked." in answer.text
    assert status(app, application) is ApplicationStatus.SUBMITTED


def test_a_declined_borrower_is_told_why(
    app: Flask, application: UUID, olga: Visitor, oscar: Visitor
) -> None:
    path = f"/reviews/{application}"
    olga.post(f"{path}/review", recommend="decline", note="Too much debt.")

    oscar.post(f"{path}/decide", decision="decline", note="Agreed.")

    assert status(app, application) is ApplicationStatus.DECLINED
    alice = operator(app, "alice")
    assert "These are the principal reasons" in alice.get(f"/applications/{application}").text


def test_an_application_is_judged_by_facts_and_points_that_are_shown(
    application: UUID, olga: Visitor
) -> None:
    page = olga.get(f"/reviews/{application}").text

    assert "$72,000.00" in page
    assert "rules, not a model" in page
    assert re.search(r"\d+ / \d+", page)


def test_an_accepted_offer_is_opened_to_investors(app: Flask, olga: Visitor) -> None:
    application = accepted(app)

    told = olga.client.get(olga.post(f"/reviews/{application}/publish").location).text

    assert "is open to investors" in told
    assert "$12,000.00" in told
    kinds = {line.kind for line in read(app, jobs.recent)}
    assert {flows.BATCH, flows.EXPIRY} <= kinds


def test_a_listing_is_opened_once(app: Flask, olga: Visitor) -> None:
    application = accepted(app)
    olga.post(f"/reviews/{application}/publish")

    again = olga.post(f"/reviews/{application}/publish")

    assert again.status_code in {409, 422}
    assert len(re.findall(r"L-\d+</a>", olga.get("/desk/").text)) == 1


def test_an_application_that_is_not_there_is_not_found(olga: Visitor) -> None:
    assert olga.get(f"/reviews/{uuid4()}").status_code == 404


def test_borrowers_who_belong_together_are_noted_and_parted(
    app: Flask, application: UUID, olga: Visitor
) -> None:
    other = number_of_another(app)
    path = f"/reviews/{application}"

    noted = olga.post(f"{path}/related", number=str(other), related_why="One household.")
    page = olga.get(path).text
    parted = olga.post(f"{path}/unrelated")

    assert (noted.location, parted.location) == (path, path)
    assert "One household." in page
    assert "Adam" in page
    assert "Nobody is known to belong together" in olga.get(path).text
    assert olga.post(f"{path}/unrelated").status_code == 404


def test_a_relation_to_nobody_is_refused(app: Flask, application: UUID, olga: Visitor) -> None:
    path, own = f"/reviews/{application}/related", number_of(app, application)

    nobody = olga.post(path, number="1", related_why="One household.")
    herself = olga.post(path, number=str(own), related_why="Herself.")
    empty = olga.post(path, number="", related_why="")

    assert [each.status_code for each in (nobody, herself, empty)] == [422, 422, 422]
    assert "Name two different borrowers" in herself.text
    assert "Say why they belong together." in empty.text


def number_of(app: Flask, application: UUID) -> int:
    file = read(app, lambda s: origination.application_file(s, application_id=application))
    return file.card.number


def number_of_another(app: Flask) -> int:
    """Let adam hand in an application too."""
    settle(app, "adam", Role.BORROWER)
    adam, application = person(app, "adam"), a_submitted(app)

    def work(session: Session) -> int:
        found = find(session, Application, application)
        found.borrower_id = adam
        return found.number

    return write(app, work)
