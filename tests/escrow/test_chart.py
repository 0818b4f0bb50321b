from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow import ALLOWED, HOT, OUTSIDE, AccountKind, AccountRef, Movement
from escrow.models import Account, Balance, MovementRule
from tests.escrow.stories import BOB, USD, opened


def test_the_databases_chart_is_the_codes_chart(session: Session) -> None:
    rules = select(MovementRule.movement, MovementRule.source_kind, MovementRule.target_kind)

    assert {tuple(rule) for rule in session.execute(rules)} == {tuple(rule) for rule in ALLOWED}


def test_every_movement_and_every_kind_but_the_reserve_has_its_place_in_the_chart() -> None:
    ends = {kind for rule in ALLOWED for kind in (rule.source, rule.target)}

    assert {rule.movement for rule in ALLOWED} == set(Movement)
    assert set(AccountKind) - ends == {AccountKind.RESERVE}


def test_only_accounts_outside_the_house_may_go_below_zero(session: Session) -> None:
    for kind in AccountKind:
        opened(session, AccountRef(kind, BOB, USD))

    rows = session.execute(
        select(Account.kind, Account.hot, Balance.floor_minor).join(
            Balance, Balance.account_id == Account.id
        )
    ).all()

    assert len(rows) == len(AccountKind)
    assert {row.kind for row in rows if row.floor_minor is None} == OUTSIDE
    assert {row.kind for row in rows if row.floor_minor == 0} == set(AccountKind) - OUTSIDE
    assert {row.kind for row in rows if row.hot} == HOT
