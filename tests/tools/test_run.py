import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import takewhile

import pytest

from tools.prepare import ROOT, Trouble
from tools.run import bank_settings, serve


def test_a_taken_port_is_named_together_with_a_way_out() -> None:
    with listening() as port, pytest.raises(Trouble, match=f"port {port} .* is taken") as told:
        serve("127.0.0.1", str(port))

    assert f"make run PORT={port + 1}" in str(told.value)


@pytest.mark.parametrize("port", ["", "eight", "-1", "0", "65536"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(Trouble, match=f"PORT={port} is no port"):
        serve("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Trouble, match=r"HOST=192\.0\.2\.1"):
        serve("192.0.2.1", str(free_port()))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_site_answers_says_who_may_sign_in_and_stops_whole(database: str) -> None:
    port = free_port()
    with running(port, database) as (site, words):
        address = next(line for line in words if "answers on" in line)
        logins = list(takewhile(str.strip, words))
        status, bank = asked(port), asked(port, "/demo-bank/")
        site.send_signal(signal.SIGINT)
        site.wait(timeout=30)

    assert f"http://127.0.0.1:{port}" in address
    assert [login.split()[0] for login in logins[1:]] == [
        "borrower",
        "lender",
        "operator",
        "operator",
    ]
    assert (status, bank) == (200, 200)
    assert site.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        asked(port)


def test_the_demo_bank_keeps_its_book_beside_the_database() -> None:
    here = bank_settings({"DATABASE_URL": "sqlite:////srv/t.db", "SECRET_KEY": "a"})
    there = bank_settings({"DATABASE_URL": "postgresql://srv/t", "SECRET_KEY": "b"})

    assert here["DEMO_BANK"] == "/srv/t.db.bank"
    assert there["DEMO_BANK"].startswith(f"{ROOT}/instance/")
    assert here["STRIPE_WEBHOOK_SECRET"] != there["STRIPE_WEBHOOK_SECRET"]


@contextmanager
def running(port: int, database: str) -> Iterator[tuple[subprocess.Popen[str], Iterator[str]]]:
    environment = os.environ | {"PORT": str(port), "DATABASE_URL": database, "HOST": "127.0.0.1"}
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "tools.run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as site:
        assert site.stdout is not None
        try:
            yield site, iter(site.stdout.readline, "")
        finally:
            site.terminate()


@contextmanager
def listening() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with listening() as port:
        return port


def asked(port: int, path: str = "/") -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status
