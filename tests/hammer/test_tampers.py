"""Somebody with every right changes one value anywhere in a sealed book: all of it is found."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from escrow.models import Account, Entry, PostingLine
from escrow.queries.seals import seal_findings
from escrow.seal_models import Seal, SealedAccount, SealedEntry, SealKey
from tests.escrow.test_seals import TRUSTED, live, sealed, unguarded
from tests.hammer.scale import blows

# Each with the column by which a finding names the row.
TABLES: dict[str, tuple[Any, str, str]] = {
    "entry": (Entry, "id", "entry"),
    "posting": (PostingLine, "entry_id", "entry"),
    "sealed_entry": (SealedEntry, "entry_id", "entry"),
    "account": (Account, "id", "account"),
    "sealed_account": (SealedAccount, "account_id", "account"),
    "seal": (Seal, "id", "seal"),
    "seal_key": (SealKey, "id", "seal"),
}


def test_whatever_value_is_changed_it_is_found_and_the_first_is_named(session: Session) -> None:
    live(session, 12)
    sealed(session, most=5)
    session.flush()
    unguarded(session)
    dice, changed = Random(1000), 0

    while changed < blows(60, 1000):
        attempt = session.begin_nested()
        what = tamper(session, dice)
        if what is not None:
            changed += 1
            noun, names, told = what
            findings = list(seal_findings(session, trusted=TRUSTED))
            assert findings, told
            assert noun == "seal" or findings[0].subject in names, (told, findings)
        attempt.rollback()
        session.expire_all()


def tamper(session: Session, dice: Random) -> tuple[str, set[str], str] | None:
    """Change one value of one row; nothing where the database's own shape does not allow it."""
    name = dice.choices(list(TABLES), weights=[4, 4, 2, 1, 1, 1, 1])[0]
    model, ident, noun = TABLES[name]
    table: Table = model.__table__
    row = dice.choice(session.execute(select(table)).all())._mapping
    column = dice.choice(list(table.columns))
    value = altered(row[column.name], dice)
    if value == row[column.name]:
        return None
    same = [key == row[key.name] for key in table.primary_key.columns]
    try:
        with session.begin_nested():
            session.execute(table.update().where(*same).values({column.name: value}))
    except SQLAlchemyError:
        return None
    named = {row[ident], value if column.name == ident else row[ident]}
    told = f"{name}.{column.name}: {row[column.name]!r} became {value!r}"
    return noun, {f"{noun} {each}" for each in named}, told


def altered(value: Any, dice: Random) -> Any:  # noqa: PLR0911 - one for each kind
    """Return something else of the same kind: one bit, one letter, the smallest step."""
    if value is None:
        return 1
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ (1 << dice.randrange(16))
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, date):
        return value + timedelta(days=dice.choice([-1, 1]))
    if isinstance(value, bytes):
        place = dice.randrange(len(value))
        return value[:place] + bytes([value[place] ^ (1 << dice.randrange(8))]) + value[place + 1 :]
    if isinstance(value, str):
        place = dice.randrange(len(value) + 1)
        letter = dice.choice("0123456789abcdefABCXYZ.")
        return (
            value[:place] + letter + value[place + 1 :] if dice.random() < 0.5 else value + letter
        )
    return type(value)(int=value.int ^ (1 << dice.randrange(128)))
