"""A demo bank inside a test: served on a loopback port, used through the real `stripe` package."""

import tempfile
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

import stripe
from werkzeug.serving import WSGIRequestHandler, make_server

from simulator import commands
from simulator import deliveries as post
from simulator.seed import listen
from simulator.store import Store
from simulator.web import create_app

KEY = "sk_test_demo"
SECRET = "whsec_demo"  # noqa: S105 - of a bank that has no money
PATIENCE = 5


class Quiet(WSGIRequestHandler):
    """A server that does not write down every call."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


class Simulator:
    """A running demo bank.

    Attributes:
        url: its address; pages and API alike.
        store: what it knows.
    """

    def __init__(
        self, *, webhook_url: str | None = None, secret: str = SECRET, public_url: str | None = None
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="demo-bank-")
        self.store = Store(Path(self._folder.name) / "bank.sqlite3", durable=False)
        self.secret = secret
        commands.clock(self.store, freeze=True)
        listen(self.store, webhook_url or "http://127.0.0.1:9/nobody", secret)
        app = create_app(store=self.store, public_url=public_url)
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @classmethod
    def start(
        cls, *, webhook_url: str | None = None, secret: str = SECRET, public_url: str | None = None
    ) -> Self:
        """Serve a new demo bank on a free port; its clock stands still until `advance`.

        Args:
            webhook_url: where `deliver` posts events.
            secret: what deliveries are signed with.
            public_url: the address of its pages, where another server shows them.
        """
        simulator = cls(webhook_url=webhook_url, secret=secret, public_url=public_url)
        simulator._thread.start()
        return simulator

    def stop(self) -> None:
        """Stop serving, and forget everything."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.store.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def client(
        self, *, retries: int = 0, patience: float = PATIENCE, account: str | None = None
    ) -> stripe.StripeClient:
        """Return the real client of the `stripe` package, talking to this bank.

        Args:
            retries: how often the package itself tries again.
            patience: seconds until it gives a call up.
            account: the connected account that it speaks for.
        """
        return stripe.StripeClient(
            KEY,
            base_addresses={"api": self.url, "connect": self.url, "files": self.url},
            max_network_retries=retries,
            stripe_account=account,
            http_client=stripe.RequestsClient(timeout=patience),
        )

    @property
    def now(self) -> int:
        """Return the moment of the bank's clock."""
        with self.store.turn() as turn:
            return turn.now

    @property
    def deliveries(self) -> list[post.Delivery]:
        """Return the deliveries of events that wait, oldest first."""
        return self.deliveries_of(state="pending")

    def deliveries_of(self, *, state: str | None = None) -> list[post.Delivery]:
        """Return the deliveries of events: pending, delivered, failed, dropped, or all."""
        with self.store.turn() as turn:
            return post.deliveries(turn, state=state)

    def take(self) -> list[post.Delivery]:
        """Take all waiting deliveries out of the queue, to be handed over by the test itself."""
        with self.store.turn() as turn:
            taken = post.deliveries(turn, state="pending")
            turn.database.execute("UPDATE delivery SET state = 'taken' WHERE state = 'pending'")
        return taken

    def deliver(self) -> list[post.Delivery]:
        """Post all waiting deliveries to whoever listens, and return them."""
        return post.send_due(self.store, everything=True)

    def advance(self, *, days: float = 0, seconds: float = 0) -> int:
        """Move the clock, let happen what falls due, and return how much it was."""
        return int(commands.clock(self.store, days=days, seconds=seconds)["happened"])

    def fault(self, kind: str, *, moment: str = "before", **where: Any) -> None:
        """Let a call go wrong: timeout, conflict, rate_limit, server_error or reset.

        Args:
            kind: what goes wrong.
            moment: before or after the effect.
            where: `method` and `path` (with `*`) of the call, `times`, `skip`, `seconds`.
        """
        commands.fault(self.store, kind=kind, moment=moment, **where)

    def command(self, name: str, **given: Any) -> dict[str, Any]:
        """Give one of the commands of the control API."""
        found: dict[str, Any] = getattr(commands, name)(self.store, **given)
        return found
