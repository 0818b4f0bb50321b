import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import MetaData, String, create_engine, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from kernel import (
    Base,
    Currency,
    CurrencyMismatch,
    Money,
    MoneyColumn,
    NotFound,
    Rate,
    StatusEvent,
    UtcDateTime,
    database_url,
    engine_options,
    find,
    lock,
    new_id,
    next_number,
    prepare_engine,
    reading,
    write_turn,
)

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Own(DeclarativeBase):
    """Tables of this page alone, made like those of the house."""

    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
    type_annotation_map = Base.type_annotation_map


class Parcel(Own):
    __tablename__ = "parcel"
    value = MoneyColumn("value_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    value_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    rate: Mapped[Rate | None]
    at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any] | None]


@pytest.fixture
def parcels(session: Session) -> Session:
    Own.metadata.create_all(session.connection())
    return session


def stored(session: Session, **values: Any) -> Parcel:
    """Write a parcel and read it again."""
    parcel = Parcel(id=new_id(), **values)
    session.add(parcel)
    session.flush()
    session.expire_all()
    return parcel


def test_money_is_kept_in_two_columns_and_read_as_one(parcels: Session) -> None:
    parcel = stored(parcels, value=Money(1250, Currency.CNY))

    assert (parcel.value_minor, parcel.currency) == (1250, "CNY")
    assert parcel.value == Money(1250, Currency.CNY)


def test_a_row_stays_in_the_currency_it_began_with(parcels: Session) -> None:
    parcel = stored(parcels, value=Money(1250, Currency.CNY))

    with pytest.raises(CurrencyMismatch):
        parcel.value = Money(1, Currency.USD)
    parcel.value = Money(1, Currency.CNY)

    assert parcel.value_minor == 1


def test_a_rate_comes_back_exact(parcels: Session) -> None:
    assert stored(parcels, rate=Rate.percent("12.61")).rate == Rate.percent("12.61")
    assert stored(parcels).rate is None


def test_an_instant_comes_back_in_utc(parcels: Session) -> None:
    in_beijing = AT.astimezone(timezone(timedelta(hours=8)))

    back = stored(parcels, at=in_beijing).at

    assert back == AT
    assert back is not None
    assert back.tzinfo is UTC
    assert stored(parcels).at is None


def test_an_instant_without_a_zone_is_refused(parcels: Session) -> None:
    with pytest.raises(StatementError, match="time zone"):
        stored(parcels, at=datetime(2026, 1, 5, 9))  # noqa: DTZ001 - that is the point


def test_an_instant_that_a_driver_gives_without_a_zone_is_utc(session: Session) -> None:
    dialect = session.get_bind().dialect
    naive = AT.replace(tzinfo=None)

    assert UtcDateTime().process_result_value(naive, dialect) == AT


def test_json_keeps_its_letters_and_sorts_its_keys(parcels: Session) -> None:
    parcel = stored(parcels, facts={"b": 1, "a": "借款"})

    assert parcel.facts == {"a": "借款", "b": 1}
    raw = parcels.execute(text("SELECT CAST(facts AS VARCHAR) FROM parcel")).scalar_one()
    assert raw == '{"a": "借款", "b": 1}'


def test_a_row_is_found_and_locked_by_its_id(session: Session) -> None:
    event = StatusEvent(noun="x", subject_id=new_id(), to_state="y", by="z", at=AT)
    session.add(event)
    session.flush()

    assert find(session, StatusEvent, event.id) is event
    assert lock(session, StatusEvent, event.id) is event


def test_a_row_that_is_not_there_is_named(session: Session) -> None:
    with pytest.raises(NotFound, match="StatusEvent with the id -1"):
        find(session, StatusEvent, -1)
    with pytest.raises(NotFound):
        lock(session, StatusEvent, -1)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_locked_row_is_held_until_the_transaction_ends(engine: Engine) -> None:
    nowait = text("SELECT 1 FROM status_event FOR UPDATE NOWAIT")
    with Session(engine) as session, Session(engine) as other:
        event = StatusEvent(noun="x", subject_id=new_id(), to_state="y", by="z", at=AT)
        session.add(event)
        session.commit()
        lock(session, StatusEvent, event.id)

        with pytest.raises(OperationalError, match="could not obtain lock"):
            other.execute(nowait)
        other.rollback()
        session.rollback()

        assert other.execute(nowait).scalar() == 1


def test_numbers_for_people_go_up(session: Session) -> None:
    first, second = next_number(session), next_number(session)

    assert second == first + 1


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://host/name", "postgresql+psycopg"),
        ("postgresql://host/name", "postgresql+psycopg"),
        ("postgresql+psycopg://host/name", "postgresql+psycopg"),
        ("sqlite:///file.db", "sqlite"),
    ],
)
def test_a_database_url_names_the_driver_we_test_with(given: str, driver: str) -> None:
    assert database_url(given).drivername == driver


def test_a_sqlite_file_is_made_to_keep_its_word(run: Any) -> None:
    with run.clone("sqlite") as url:
        parsed = make_url(url)
        engine = create_engine(parsed, **engine_options(parsed))
        prepare_engine(engine)
        with engine.connect() as connection:
            kept = {
                pragma: connection.execute(text(f"PRAGMA {pragma}")).scalar()
                for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        engine.dispose()

    assert kept == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 60000,
    }


def test_who_only_reads_does_not_wait_for_a_writer(engine: Engine) -> None:
    with engine.connect() as writer, reading(engine).connect() as reader:
        writer.execute(text("INSERT INTO number DEFAULT VALUES"))

        assert reader.execute(text("SELECT count(*) FROM number")).scalar() == 0


def test_who_only_reads_sees_one_instant(engine: Engine) -> None:
    count = text("SELECT count(*) FROM number")
    with reading(engine).connect() as reader:
        before = reader.execute(count).scalar()
        with engine.begin() as writer:
            writer.execute(text("INSERT INTO number DEFAULT VALUES"))

        assert reader.execute(count).scalar() == before


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_who_only_reads_cannot_write(engine: Engine) -> None:
    with reading(engine).connect() as reader, pytest.raises(Exception, match="read-only"):
        reader.execute(text("INSERT INTO number DEFAULT VALUES"))


def test_writers_take_turns_or_need_none(engine: Engine) -> None:
    inside: list[int] = []
    most: list[int] = []

    def write(number: int) -> None:
        with write_turn(engine), Session(engine) as session:
            inside.append(number)
            most.append(len(inside))
            next_number(session)
            inside.remove(number)
            session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))

    with Session(engine) as session:
        assert next_number(session) == 41
    assert max(most) == 1 or engine.dialect.name == "postgresql"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_needs_no_turn(url: str) -> None:
    engine = create_engine(url)
    started = time.monotonic()

    with write_turn(engine), write_turn(engine):
        assert time.monotonic() - started < 60
    engine.dispose()
