"""The demo bank as a program: it restarts, serves several processes, and takes commands."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import stripe

from simulator import KEY, Simulator, Store, commands, create_app
from tests.simulator import people

ROOT = Path(__file__).parents[2]


@contextmanager
def program(store: Path) -> Iterator[stripe.StripeClient]:
    """Run the bank as a program of its own, as `make run` does."""
    command = [sys.executable, "-u", "-m", "simulator", "--port", "0", "--store", str(store)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        yield stripe.StripeClient(KEY, base_addresses={"api": url})
        process.kill()


def test_what_it_knows_outlives_the_program(tmp_path: Path) -> None:
    store = tmp_path / "bank.sqlite3"
    with program(store) as client:
        intent = people.pay(client)
        made = client.v1.customers.create({"name": "Bob"}, {"idempotency_key": "bob"})

    with program(store) as client:
        assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
        again = client.v1.customers.create({"name": "Bob"}, {"idempotency_key": "bob"})
        assert again.id == made.id


def test_several_programs_share_one_bank(tmp_path: Path) -> None:
    store = tmp_path / "bank.sqlite3"
    with program(store) as one, program(store) as other:
        made = [client.v1.customers.create().id for client in (one, other, one, other)]

        assert [each.id for each in other.v1.customers.list().data] == made[::-1]


def test_the_clock_of_a_program_runs_until_it_is_frozen(tmp_path: Path) -> None:
    store = Store(tmp_path / "bank.sqlite3", durable=False)

    moved = commands.clock(store, days=3)["now"]
    with store.turn() as turn:
        running = turn.now
    frozen = commands.clock(store, freeze=True)["now"]

    assert 0 <= running - moved < 60
    assert 0 <= frozen - moved < 60
    assert commands.clock(store, to="2099-01-01T00:00:00+00:00")["now"] == 4_070_908_800
    store.close()


def post(url: str, given: object) -> object:
    request = Request(url, json.dumps(given).encode(), {"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request) as answer:  # noqa: S310
        return json.loads(answer.read())


def test_commands_are_given_over_http(bank: Simulator) -> None:
    client = bank.client()
    intent = people.pay(client, method="pm_usBankAccount_success")
    control = f"{bank.url}/_control"

    post(f"{control}/faults", {"kind": "rate_limit", "path": "/v1/balance"})
    with pytest.raises(stripe.RateLimitError):
        client.v1.balance.retrieve()
    assert post(f"{control}/settle", {"charge": intent.latest_charge}) == {
        "id": intent.latest_charge,
        "object": "charge",
        "status": "succeeded",
    }
    told = post(f"{control}/clock", {"days": 2})
    assert told == {"now": bank.now, "happened": 0}
    with urlopen(f"{control}/deliveries") as answer:  # noqa: S310
        assert len(json.loads(answer.read())) == len(bank.deliveries)


@pytest.mark.parametrize(
    ("name", "given", "status"),
    [
        ("earthquake", {}, 404),
        ("settle", {"charge": "ch_nobody"}, 400),
        ("settle", {}, 400),
        ("faults", {"kind": "earthquake"}, 400),
        ("forge", {"trick": "charm"}, 400),
    ],
)
def test_a_wrong_command_says_why(
    bank: Simulator, name: str, given: dict[str, str], status: int
) -> None:
    with pytest.raises(HTTPError) as caught:
        post(f"{bank.url}/_control/{name}", given)

    with caught.value as answer:
        assert answer.code == status
        assert json.loads(answer.read())["error"]


def test_a_bank_without_commands_takes_none(bank: Simulator) -> None:
    app = create_app(store=bank.store, control_api=False)

    assert app.test_client().post("/_control/clock", json={}).status_code == 404


def test_a_bank_can_stand_in_a_folder_of_a_site(bank: Simulator) -> None:
    app = create_app(store=bank.store, public_url="https://demo.example/bank/")
    given = {"mode": "setup", "success_url": people.SUCCESS}

    answer = app.test_client().post(
        "/v1/checkout/sessions", data=given, headers={"Authorization": f"Bearer {KEY}"}
    )

    assert answer.json is not None
    assert answer.json["url"].startswith("https://demo.example/bank/pay/cs_test_")
