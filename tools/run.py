"""Serve the demo marketplace: prepare what it needs, then keep the site and its worker running.

`make run` calls this with a bare Python; the site itself runs on the one in `.venv`.
"""

import errno
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from tools.prepare import BIN, ROOT, Trouble, prepare

Programs = dict[str, subprocess.Popen[bytes]]

LAST_PORT = 65535
LOOPBACK = "127.0.0.1"
SQLITE = "sqlite:///"
PATIENCE = 60  # seconds until a site that does not answer is given up
GRACE = 10  # seconds in which the site and the worker may finish what they are doing
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - only compared


def main() -> None:
    """Serve until Ctrl-C, or say in one line why not."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        serve(os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000")
    except Trouble as trouble:
        sys.exit(f"tessera: {trouble}")
    except KeyboardInterrupt:
        _say("\nStopped.")


def serve(host: str, wanted_port: str) -> None:
    """Prepare the environment and the database, then run the site and the worker side by side.

    Raises:
        Trouble: something is missing or stopped by itself.
    """
    port = _free_port(host, wanted_port)
    prepare("run")
    environment = _environment()
    programs: Programs = {}
    try:
        if not environment.get("STRIPE_SECRET_KEY"):
            environment |= bank_settings(environment)
            programs["the demo bank"] = _bank(_address(host, port), environment)
        _flask("db", "upgrade", environment=environment)
        if "the demo bank" in programs:
            _wait_for("the demo bank", environment["STRIPE_ADDRESS"], programs)
        _flask("demo", "--if-empty", environment=environment)
        programs["the site"] = _gunicorn(host, port, environment)
        logins = _flask("demo", "--logins", environment=environment, stdout=subprocess.PIPE)
        _wait_for("the site", _address(host, port), programs)
        programs["the worker"] = _start("-m", "flask", "work", "--forever", environment=environment)
        _say(f"\nTessera answers on {_address(host, port)} - Ctrl-C stops it.\n{logins}")
        _watch(programs)
    finally:
        _stop(programs)


def _free_port(host: str, wanted: str) -> int:
    if not (wanted.isdecimal() and 0 < int(wanted) <= LAST_PORT):
        raise Trouble(f"PORT={wanted} is no port: choose a number from 1024 to {LAST_PORT}")
    port = int(wanted)
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise Trouble(_why_not(error, host, port)) from error
    return port


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken: stop what listens there, "
            f"or choose another one: make run PORT={port % LAST_PORT + 1}"
        )
    if error.errno == errno.EACCES:
        return f"port {port} is reserved for the system: choose another one: make run PORT=8000"
    return f"cannot listen on HOST={host}: {error.strerror}; leave HOST away for 127.0.0.1"


def _environment() -> dict[str, str]:
    """Return the settings of a demo, in which whatever the caller has set stands."""
    instance = ROOT / "instance"
    instance.mkdir(exist_ok=True)
    chosen = {name: value for name, value in os.environ.items() if value}
    return {
        "DEMO": "1",
        "SECRET_KEY": _secret(instance / "secret_key"),
        "DATABASE_URL": f"sqlite:///{instance / 'tessera.db'}",
    } | chosen


def bank_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings with which the site takes the demo bank for Stripe.

    The bank keeps what it knows beside the database that it belongs to, so that both go on where
    they were.
    """
    url = environment["DATABASE_URL"]
    if url.startswith(SQLITE):
        file = ROOT / f"{url.removeprefix(SQLITE)}.bank"
    else:
        file = ROOT / "instance" / f"{sha256(url.encode()).hexdigest()[:12]}.bank"
    with socket.create_server((LOOPBACK, 0)) as trial:
        port = trial.getsockname()[1]
    return {
        "DEMO_BANK": str(file),
        "STRIPE_ADDRESS": f"http://{LOOPBACK}:{port}",
        "STRIPE_SECRET_KEY": "sk_test_demo",
        "STRIPE_WEBHOOK_SECRET": sha256(f"whsec {environment['SECRET_KEY']}".encode()).hexdigest(),
    }


def _bank(site: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the demo bank; its pages are a part of the site, the rest is for this machine alone."""
    return _start(
        *("-m", "simulator", "--quiet", "--port", environment["STRIPE_ADDRESS"].rpartition(":")[2]),
        *("--store", environment["DEMO_BANK"], "--public-url", "/demo-bank"),
        *("--webhook-url", f"{site}/webhooks/stripe"),
        *("--webhook-secret", environment["STRIPE_WEBHOOK_SECRET"]),
        environment=environment,
    )


def _secret(file: Path) -> str:
    """Return this checkout's own secret, which signs sessions; made on the first run."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32))
    return file.read_text()


def _flask(*arguments: str, environment: dict[str, str], stdout: int | None = None) -> str:
    """Run a command of the application; it prints for itself, or into a pipe for the caller."""
    done = subprocess.run(
        [BIN / "python", "-m", "flask", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=stdout,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Trouble(f"`flask {' '.join(arguments)}` failed, see above")
    return done.stdout or ""


def _gunicorn(host: str, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return _start(
        *("-m", "gunicorn", "app:create_app()", "--bind", _netloc(host, port)),
        *("--threads", "8", "--log-level", "warning"),
        environment=environment,
    )


def _start(*arguments: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own, so that Ctrl-C reaches it through us alone."""
    return subprocess.Popen(
        [BIN / "python", *arguments], cwd=ROOT, env=environment, process_group=0
    )


def _wait_for(name: str, address: str, programs: Programs) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        _ensure_alive(programs)
        if _answers(urlsplit(address)):
            return
        time.sleep(0.1)
    raise Trouble(f"{name} did not answer within {PATIENCE} seconds; what it said stands above")


def _answers(address: SplitResult) -> bool:
    connection = HTTPConnection(address.hostname or "", address.port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _watch(programs: Programs) -> NoReturn:
    while True:
        _ensure_alive(programs)
        time.sleep(0.5)


def _ensure_alive(programs: Programs) -> None:
    for name, program in programs.items():
        if program.poll() is not None:
            raise Trouble(f"{name} stopped by itself; what it said stands above")


def _stop(programs: Programs) -> None:
    for program in programs.values():
        program.terminate()
    for program in programs.values():
        try:
            program.wait(GRACE)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def _address(host: str, port: int) -> str:
    return f"http://{_netloc(EVERYWHERE.get(host, host), port)}"


def _netloc(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _interrupt(number: int, frame: object) -> NoReturn:
    del number, frame
    raise KeyboardInterrupt


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    main()
