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
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NoReturn

from tools.prepare import BIN, ROOT, Trouble, prepare

Programs = dict[str, subprocess.Popen[bytes]]

LAST_PORT = 65535
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
    _flask("db", "upgrade", environment=environment)
    _flask("demo", "--if-empty", environment=environment)
    programs: Programs = {}
    try:
        programs["the site"] = _gunicorn(host, port, environment)
        logins = _flask("demo", "--logins", environment=environment, stdout=subprocess.PIPE)
        _wait_for_the_first_page(host, port, programs)
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


def _start(*arguments: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own, so that Ctrl-C reaches it through us alone."""
    return subprocess.Popen(
        [BIN / "python", *arguments], cwd=ROOT, env=environment, process_group=0
    )


def _wait_for_the_first_page(host: str, port: int, programs: Programs) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        _ensure_alive(programs)
        if _answers(host, port):
            return
        time.sleep(0.1)
    raise Trouble(f"the site did not answer within {PATIENCE} seconds; what it said stands above")


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(EVERYWHERE.get(host, host), port, timeout=5)
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
