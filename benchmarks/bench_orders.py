"""Orders over HTTP, signed in and with a page's token, against pgbench's TPC-B on the same server.

Both are durable: the server waits for its disk. An order is a POST through gunicorn that looks the
session up, checks the token, locks the listing, posts the reservation with its checks, and writes
the audit; a transaction of pgbench is three updates, a select and an insert, sent by a C program.
The client, gunicorn and the server share the cores.
"""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import requests
from sqlalchemy import create_engine, text

from app import create_app
from benchmarks.__main__ import Row, table
from benchmarks.bench_pages import served
from kernel import new_id
from marketplace.db import db
from marketplace.models import Role
from tests.support.database import Run
from tests.support.lending import a_market, pay_in
from tests.support.postgres import pgbench
from tests.support.web import PASSWORD, settle

CLIENTS, ROUNDS, SECONDS = 4, 3, 5
LENDERS = [f"lender{number}" for number in range(CLIENTS)]
LISTINGS = ["40000"] * 8  # eight times sixteen hundred orders of 25
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def run() -> list[Row]:
    run = Run.begin()
    try:
        with (
            run.clone("postgresql") as url,
            run.blank("postgresql") as other,
            durable(url),
            TemporaryDirectory() as folder,
        ):
            return [compared(url, other, Path(folder))]
    finally:
        run.end()


def compared(url: str, other: str, folder: Path) -> Row:
    settings = {"DATABASE_URL": url, "PASSWORD_PROFILE": "cheapest", "MAILER": "memory"}
    numbers = world(settings, folder)
    pgbench(other, "--initialize", "--quiet", "--scale", "10")
    orders, bare = [], []
    with served("app:create_app()", settings | {"DEMO": "1"}) as port:
        visitors = [Visitor(port, name) for name in LENDERS]
        for number in range(ROUNDS):
            orders.append(rate(visitors, numbers[number * 2 : number * 2 + 2]))
            bare.append(transactions(other))
    return {
        "title": f"orders over HTTP, {CLIENTS} clients",
        "figure": median(orders),
        "unit": "orders/s",
        "ratio": median(orders) / median(bare),
        "against": f"pgbench TPC-B, {median(bare):,.0f} transactions/s",
    }


@contextmanager
def durable(url: str) -> Iterator[None]:
    """Let the server of a test run wait for its disk for a while."""
    change(url, [f"ALTER SYSTEM SET {name} = {value}" for name, value in DURABLE.items()])
    try:
        yield
    finally:
        change(url, ["ALTER SYSTEM RESET ALL"])


def change(url: str, statements: list[str]) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in (*statements, "SELECT pg_reload_conf()"):
            connection.execute(text(statement))
    engine.dispose()


def world(settings: dict[str, str], folder: Path) -> list[int]:
    """Let lenders have cash, and open listings; return their numbers."""
    app = create_app({**settings, "DEMO": True, "INSTANCE": folder})
    settle(app, "alice", Role.BORROWER)
    for name in LENDERS:
        settle(app, name, Role.LENDER)
        pay_in(app, name, "90000")
    numbers = a_market(app, *LISTINGS)
    with app.app_context():
        db.engine.dispose()
    return numbers


class Visitor:
    """A lender who is signed in."""

    def __init__(self, port: int, name: str) -> None:
        """Sign in."""
        self.base = f"http://127.0.0.1:{port}"
        self.web = requests.Session()
        self.web.headers["Connection"] = "close"
        self.send("/sign-in", "/sign-in", email=f"{name}@tessera.example", password=PASSWORD)

    def send(self, page: str, path: str, **filled: str) -> None:
        """Fill in a form that a page has."""
        token = TOKEN.search(self.web.get(self.base + page, timeout=30).text)
        assert token is not None
        self.token = token[1]
        self.post(path, **filled)

    def post(self, path: str, **filled: str) -> None:
        sent = filled | {"csrf_token": self.token}
        answer = self.web.post(self.base + path, data=sent, allow_redirects=False, timeout=30)
        assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text


def rate(visitors: list[Visitor], numbers: list[int]) -> float:
    """Let every lender order as often as is answered, and say how often that was in a second."""
    for visitor in visitors:
        page = f"/listings/{numbers[0]}"
        token = TOKEN.search(visitor.web.get(visitor.base + page, timeout=30).text)
        assert token is not None
        visitor.token = token[1]
    until = time.perf_counter() + SECONDS

    def order(visitor: Visitor) -> int:
        done = 0
        while time.perf_counter() < until:
            number = numbers[done % len(numbers)]
            wanted = {"currency": "USD", "amount": "25", "key": str(new_id())}
            visitor.post(f"/orders/{number}?confirmed=1", **wanted)
            done += 1
        return done

    begun = time.perf_counter()
    with ThreadPoolExecutor(len(visitors)) as clients:
        done = sum(clients.map(order, visitors))
    return done / (time.perf_counter() - begun)


def transactions(url: str) -> float:
    """Return how many transactions a second pgbench gets, by its own word."""
    said = pgbench(url, "--client", str(CLIENTS), "--jobs", "2", "--time", str(SECONDS))
    found = re.search(r"tps = ([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


if __name__ == "__main__":
    print(table(run()))
