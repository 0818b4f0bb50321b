"""A loan that is paid by itself where no provider is set up: the application's own bank."""

from pathlib import Path

from sqlalchemy import select

from escrow import Collection
from kernel import find
from marketplace.models import Role
from servicing import Loan
from tests.support.borrowing import a_loan, offer_products, read
from tests.support.stripe import work
from tests.support.web import Visitor, Watch, settle, shell


def test_the_applications_own_bank_debits_as_well(database: str, tmp_path: Path) -> None:
    watch = Watch()
    with shell(database, tmp_path, CLOCK=watch) as app:
        for name, role in (("alice", Role.BORROWER), ("bob", Role.LENDER)):
            settle(app, name, role)
        offer_products(app)
        loan = a_loan(app)
        alice = Visitor(app)
        alice.sign_in("alice")
        assert alice.post(f"/loans/{loan}/autopay/", agreed="on").status_code == 303
        work(app)
        due = read(app, lambda session: find(session, Loan, loan).first_due_on)

        watch.move(days=(due - watch().date()).days)
        work(app)
        work(app)

        states = select(Collection.status).where(Collection.loan_id == loan)
        assert read(app, lambda session: list(session.scalars(states))) == ["received"]
        alice.sign_in("alice")
        assert "•••• 0000" in alice.get(f"/loans/{loan}/autopay/").text
