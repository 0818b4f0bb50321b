"""Pages behind gunicorn, against a bare Flask page with as many rows out of one indexed query.

Two gunicorns of two sync workers each stand side by side, one with the marketplace, one with
`benchmarks.bare`; they are asked in turns, on loopback, over fresh connections, so that only one
of them works at a time. The lender who is signed in holds more than fifty notes. The client is on
the same cores: it costs the fast page more than the slow one, which flatters the ratio a little.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from app import create_app
from benchmarks import bare
from benchmarks.__main__ import Row, table
from kernel import add_months
from marketplace.db import db
from marketplace.demo import PASSWORD
from marketplace.demo.cast import BOB, CAROL, DAN
from marketplace.demo.scenario import Scenario
from tests.support.database import ROOT, migrate

LOANS, LISTINGS = 56, 30
WORKERS, CLIENTS = 2, 4
ROUNDS, SECONDS = 3, 2.0
PAGES = {
    "list of listings": "/listings/",
    "lender's dashboard": "/overview/investor/",
    "lender's statement": "/wallet/",
}
SIGNED_IN = re.compile(r"tessera=[^;]+")


def run() -> list[Row]:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        settings = world(Path(folder))
        ours = stack.enter_context(served("app:create_app()", settings))
        theirs = stack.enter_context(served("benchmarks.bare:app", settings))
        cookie = sign_in(ours)
        return [compared(what, path, ours, theirs, cookie) for what, path in PAGES.items()]


def compared(what: str, path: str, ours: int, theirs: int, cookie: str) -> Row:
    status, text = fetch(ours, path, cookie)
    assert status == HTTPStatus.OK, f"{path} answers {status}"
    rows = text.count("<tr")
    bare_path = f"/?rows={rows}"
    rates, bare_rates = [], []
    for _ in range(ROUNDS):
        rates.append(rate(ours, path, cookie))
        bare_rates.append(rate(theirs, bare_path, cookie))
    return {
        "title": f"{what}, {rows} rows, {len(text) // 1000} kB",
        "figure": median(rates),
        "unit": "requests/s",
        "ratio": median(rates) / median(bare_rates),
        "against": f"bare page of {rows} rows, {median(bare_rates):,.0f} requests/s",
    }


def rate(port: int, path: str, cookie: str) -> float:
    """Ask for a page as often as it is answered, and say how often that was in a second."""
    until = time.perf_counter() + SECONDS

    def ask(_client: int) -> int:
        answered = 0
        while time.perf_counter() < until:
            status, _text = fetch(port, path, cookie)
            assert status == HTTPStatus.OK, f"{path} answers {status}"
            answered += 1
        return answered

    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = sum(clients.map(ask, range(CLIENTS)))
    return answers / (time.perf_counter() - begun)


def fetch(port: int, path: str, cookie: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def sign_in(port: int) -> str:
    """Sign carol in, and return her cookie."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/sign-in")
    page = connection.getresponse()
    guest, text = page.getheader("Set-Cookie", ""), page.read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert token is not None
    filled = {"email": CAROL.email, "password": PASSWORD, "csrf_token": token[1], "next": ""}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": guest.partition(";")[0],
    }
    connection.close()
    connection.request("POST", "/sign-in", urlencode(filled), headers)
    answer = connection.getresponse()
    found = SIGNED_IN.search(answer.getheader("Set-Cookie", ""))
    assert answer.status == HTTPStatus.SEE_OTHER, answer.read()
    assert found is not None
    connection.close()
    return found[0]


@contextmanager
def served(program: str, settings: dict[str, str]) -> Iterator[int]:
    """Serve a program with gunicorn on a free port, and give the port."""
    port = free_port()
    arguments = ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--log-level", "error"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", program, *arguments],
        cwd=ROOT,
        env=os.environ | settings,
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            fetch(port, "/sign-in?rows=1", "")
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn does not answer; what it said stands above")


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def world(folder: Path) -> dict[str, str]:
    """Fill both databases, and return the settings that name them."""
    url = f"sqlite:///{folder / 'tessera.db'}"
    settings = {"DATABASE_URL": url, "PASSWORD_PROFILE": "cheapest", "MAILER": "memory"}
    migrate(url)
    app = create_app({**settings, "DEMO": True, "INSTANCE": folder})
    with app.app_context():
        Busy(datetime.now(UTC).date()).play()
        db.engine.dispose()
    bare.fill(str(folder / "bare.db"), lines=1_000)
    return settings | {"DEMO": "1", bare.DATABASE: str(folder / "bare.db")}


class Busy(Scenario):
    """A marketplace in which carol has a note of every loan, and much is open."""

    def play(self) -> None:
        """Make the loans over a year, and leave the listings open."""
        start = add_months(self.today, -12)
        self.register(start)
        for person in (BOB, CAROL, DAN):
            self.deposit(person, 1_000_000, start + timedelta(days=1))
        for number in range(LOANS):
            on = start + timedelta(days=2 + number * 4)
            listing_id = self.list(self.borrowers[number % len(self.borrowers)], on)
            self.fund(listing_id, on)
            self.loans.append(self.disburse(listing_id, on))
        self.repay_until(self.today)
        for number in range(LISTINGS):
            self.list(self.borrowers[number % len(self.borrowers)], self.today)


if __name__ == "__main__":
    print(table(run()))
