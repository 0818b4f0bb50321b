"""Serve the demo bank: `python -m simulator --port 8001 --store bank.sqlite3`."""

import argparse
from pathlib import Path
from threading import Thread

from werkzeug.serving import make_server

from simulator.harness import KEY, SECRET, Quiet
from simulator.postman import Postman
from simulator.store import Store
from simulator.web import create_app


def main(arguments: list[str] | None = None) -> None:
    """Serve until Ctrl-C."""
    given = _parser().parse_args(arguments)
    store = Store(given.store)
    app = create_app(
        store=store,
        public_url=given.public_url,
        webhook_url=given.webhook_url,
        webhook_secret=given.webhook_secret,
    )
    postman = Postman(store)
    server = make_server(given.host, given.port, app, threaded=True, request_handler=Quiet)
    Thread(target=postman.run, daemon=True).start()
    if not given.quiet:
        print(f"The demo bank answers on http://{given.host}:{server.server_port} with {KEY}.")  # noqa: T201 - a command speaks
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        postman.stop()
    finally:
        server.server_close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--store", type=Path, default=Path("demo-bank.sqlite3"))
    parser.add_argument("--public-url", help="the address of the pages, when another is in front")
    parser.add_argument("--webhook-url", help="who is told of events")
    parser.add_argument("--webhook-secret", default=SECRET)
    parser.add_argument("--quiet", action="store_true", help="do not say where it answers")
    return parser


if __name__ == "__main__":
    main()
