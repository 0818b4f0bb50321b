"""One loan's whole life, lived by hand in a browser by everybody who has a part in it.

Alice asks for 12,000 on her phone; olga reviews and oscar decides; alice accepts; bob orders 5,000
by hand and carol's standing order takes the rest; oscar pays out; alice pays; the lenders have
their cash; bob takes his home. Whoever speaks Chinese does the same.
"""

import re
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

import escrow
import servicing
from escrow import AccountKind, AccountRef
from kernel import Currency, Money
from marketplace import clock, jobs
from marketplace.models import Role
from tests.journeys.hands import Hand
from tests.support.borrowing import offer_products, person, read
from tests.support.browser import Site, Visit
from tests.support.web import PASSWORD, Watch, settle

PHONE = 390


@dataclass(frozen=True)
class Tongue:
    """How people of a language are called, and what a few of their pages say."""

    locale: str
    alice: str
    bob: str
    carol: str
    applied: str
    same_hands: str
    received: str
    whole: str


ENGLISH = Tongue(
    locale="en-US",
    alice="Alice Martin",
    bob="Bob Anders",
    carol="Carol Nguyen",
    applied="Application sent",
    same_hands="somebody else must decide it",
    received="Repayment received",
    whole="The book is whole",
)
CHINESE = Tongue(
    locale="zh-CN",
    alice="李晓梅",
    bob="王博",
    carol="陈可",
    applied="申请已提交",
    same_hands="须由另一人审批",
    received="收到回款",
    whole="账目完整",
)

LIVES = [
    pytest.param(ENGLISH, "sqlite", id="english-sqlite"),
    pytest.param(CHINESE, "sqlite", id="chinese-sqlite"),
    pytest.param(CHINESE, "postgresql", id="chinese-postgresql"),
]


@pytest.mark.parametrize(("tongue", "backend"), LIVES)
def test_a_loan_lives_from_its_application_to_cash_at_the_lenders(
    visit: Visit, site: Site, tongue: Tongue
) -> None:
    watch = site.app.config["CLOCK"] = Watch()
    offer_products(site.app)
    settle(site.app, "olga", Role.OPERATOR)
    settle(site.app, "oscar", Role.OPERATOR)

    def arrive(width: int = 1280) -> Hand:
        return Hand(visit("/", locale=tongue.locale, width=width))

    alice = arrive(width=PHONE)
    application = alice_applies(alice, tongue)
    olga, oscar = arrive(), arrive()
    olga_reviews(olga, application, tongue)
    oscar_approves(oscar, application)
    alice_accepts(alice, application, tongue)
    number = oscar_opens_the_listing(oscar, application)

    bob, carol = arrive(), arrive()
    bob_orders_by_hand(bob, number, tongue)
    carol_sets_a_mandate(carol, tongue)
    the_worker_does_what_is_due(site)

    loan = oscar_pays_out(oscar)
    watch.move(days=30)
    for name, somebody in {"alice": alice, "bob": bob, "carol": carol, "olga": olga}.items():
        somebody.sign_in(name)
    alice_pays(alice, loan)
    for lender, share in (bob, "5000"), (carol, "7000"):
        sees_the_cash(lender, share, tongue)
    bob_withdraws_everything(bob, site)
    the_worker_does_what_is_due(site)
    olga_proves_the_book(olga, tongue)

    assert read(site.app, findings) == []
    assert cash(site, "bob").is_zero


def alice_applies(alice: Hand, tongue: Tongue) -> str:
    """Answer page after page, and return the application's address."""
    alice.register("alice", tongue.alice, "borrower")
    alice.go("/applications/")
    alice.follow("/applications/new")
    alice.follow("/applications/new/personal-us")
    alice.fill(amount="12000", term="36", purpose="car")
    alice.press("/applications/new/")
    alice.fill(age="34", region="CA")
    alice.press("/about")
    alice.fill(income="72,000", employment_years="4", home="rent")
    alice.press("/income")
    alice.fill(payments="1080.60", history_years="12", late_payments="0", inquiries="1")
    alice.fill(records="0", card_use="35")
    alice.press("/credit")
    assert "12,000" in alice.said
    alice.fill(truthful="1")
    alice.press("/submit")
    assert tongue.applied in alice.said
    return alice.page.url.removesuffix("/submitted").rpartition("/")[2]


def olga_reviews(olga: Hand, application: str, tongue: Tongue) -> None:
    """Review, and find that deciding is somebody else's."""
    olga.sign_in("olga")
    olga.go("/reviews/")
    olga.follow(f"/reviews/{application}")
    olga.fill(recommend="approve", note="Payslips of three months seen.")
    olga.press("/review")
    assert tongue.same_hands in olga.said
    assert olga.page.locator('form[action$="/decide"]').count() == 0


def oscar_approves(oscar: Hand, application: str) -> None:
    oscar.sign_in("oscar")
    oscar.go("/reviews/?tab=reviewed")
    oscar.follow(f"/reviews/{application}")
    oscar.fill(decision="approve", note="Within policy.")
    oscar.press("/decide")


def alice_accepts(alice: Hand, application: str, tongue: Tongue) -> None:
    """Look at what it costs, sign with her name."""
    alice.go("/applications/")
    alice.follow(f"/applications/{application}")
    alice.follow("/offers/")
    assert "%" in alice.page.locator(".ts-apr-figure").first.inner_text()
    alice.fill(agree="1", name=tongue.alice)
    alice.press("/accept")


def oscar_opens_the_listing(oscar: Hand, application: str) -> int:
    """Return the number under which investors find it."""
    oscar.go("/reviews/?tab=accepted")
    oscar.follow(f"/reviews/{application}")
    oscar.press("/publish")
    found = re.search(r"L-(\d+)", oscar.said)
    assert found is not None
    return int(found[1])


def bob_orders_by_hand(bob: Hand, number: int, tongue: Tongue) -> None:
    """Add funds at the demo bank, find the listing, and put 5,000 into it."""
    bob.register("bob", tongue.bob, "lender")
    adds_funds(bob, "5000")
    bob.go("/listings/")
    bob.follow(f"/listings/{number}")
    bob.fill(amount="5000")
    bob.press(f"/orders/{number}")
    assert "confirmed=1" in confirmation(bob)
    bob.press(f"/orders/{number}")
    assert "placed=1" in bob.page.url
    assert bob.page.locator(".ts-done").is_visible()


def confirmation(somebody: Hand) -> str:
    """Return where the button of a last look leads."""
    action = somebody.page.locator("main form.ts-confirm").get_attribute("action")
    assert action is not None
    return action


def carol_sets_a_mandate(carol: Hand, tongue: Tongue) -> None:
    """Let the marketplace invest for her, and bring 20,000 in."""
    carol.register("carol", tongue.carol, "lender")
    carol.go("/mandates/")
    carol.follow("/mandates/new")
    carol.fill(name="Everything", cap="10000")
    carol.press("/mandates/")
    assert "Everything" in carol.said
    adds_funds(carol, "20000")


def adds_funds(lender: Hand, amount: str) -> None:
    lender.go("/wallet/")
    lender.follow("/wallet/deposits/new")
    lender.fill(amount=amount)
    lender.press("/wallet/deposits/")
    assert "/sandbox/deposits/" in lender.page.url
    lender.press("/pay")
    assert f"{int(amount):,}.00" in lender.said


def the_worker_does_what_is_due(site: Site) -> None:
    """Do what waits, as the worker would a little later."""
    site.app.config["CLOCK"].move(minutes=2)
    with site.app.app_context():
        jobs.run_due(clock.now())
    errors = [line.error for line in read(site.app, jobs.recent) if line.error]
    assert errors == []


def oscar_pays_out(oscar: Hand) -> str:
    """Return the address of the loan."""
    oscar.go("/desk/?tab=funded")
    oscar.press("/disburse")
    assert "/servicing/" in oscar.page.url
    return oscar.page.url.rpartition("/")[2]


def alice_pays(alice: Hand, loan: str) -> None:
    """Pay the first installment on the phone, after a last look."""
    alice.go("/loans/")
    alice.follow(f"/loans/{loan}")
    alice.follow("/pay")
    alice.fill(kind="installment")
    alice.press("/pay/confirm")
    alice.press("/payments")
    assert "/payments/1" in alice.page.url


def sees_the_cash(lender: Hand, share: str, tongue: Tongue) -> None:
    """Find the part of the payment on the statement, beside what was lent."""
    lender.go("/wallet/")
    newest = lender.page.locator("main table").last.locator("tbody tr").first.inner_text()
    assert tongue.received in newest
    assert f"{int(share):,}.00" in lender.said


def bob_withdraws_everything(bob: Hand, site: Site) -> None:
    bob.go("/wallet/")
    bob.follow("/wallet/withdrawals/new")
    bob.follow("/destinations/new")
    bob.fill(account="DE89 3704 0044 0532 0130 00", password=PASSWORD)
    bob.press("/destinations/")
    option = bob.page.locator('select[name="destination"] option').last
    bob.fill(amount=str(cash(site, "bob").decimal), destination=option.get_attribute("value") or "")
    bob.press("/wallet/withdrawals/")
    assert "confirmed=1" in confirmation(bob)
    bob.press("/wallet/withdrawals/")


def olga_proves_the_book(olga: Hand, tongue: Tongue) -> None:
    olga.go("/ledger/")
    olga.follow("/ledger/proof")
    assert tongue.whole in olga.said


def findings(session: Session) -> list[object]:
    """Return what breaks the proof of the book."""
    audits = (escrow.verify(session), servicing.audit(session))
    return [finding for audit in audits for finding in audit.findings]


def cash(site: Site, name: str) -> Money:
    account = AccountRef(AccountKind.LENDER, person(site.app, name), Currency.USD)
    return read(site.app, lambda session: escrow.balance(session, account=account))
