"""Prepare `.venv`: make it when it is not there, and install what a lock names when it changed.

`python -m tools.prepare run` installs what the site needs, `python -m tools.prepare dev` what the
tests need as well. A stamp remembers what is installed, so that a second call returns at once.
"""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LOCKS = {"run": ["run"], "dev": ["run", "dev"]}


class Trouble(Exception):
    """What went wrong, in one line that says what to do."""


def main() -> None:
    """Prepare the environment that the command line names."""
    try:
        prepare(sys.argv[1])
    except Trouble as trouble:
        sys.exit(f"tessera: {trouble}")


def prepare(purpose: str) -> None:
    """Make `.venv` fit for a purpose, `run` or `dev`.

    Raises:
        Trouble: there is no `venv` module, or the packages could not be had.
    """
    with _alone():
        if not _venv_works():
            _make_venv()
        if not _installed(purpose):
            _install(purpose)


@contextmanager
def _alone() -> Iterator[None]:
    folder = ROOT / ".make"
    folder.mkdir(exist_ok=True)
    with (folder / "prepare.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _venv_works() -> bool:
    try:
        asked = subprocess.run(
            [BIN / "python", "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return asked.returncode == 0


def _make_venv() -> None:
    _say(f"Making .venv with Python {sys.version.split()[0]} ...")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False
    )
    if made.returncode == 0:
        return
    if "ensurepip" in made.stdout + made.stderr or "No module named" in made.stderr:
        raise Trouble(
            f"{sys.executable} cannot make virtual environments: install its venv module "
            "(Debian, Ubuntu: apt-get install python3-venv) and run make again, "
            "or name another interpreter with PYTHON=..."
        )
    raise Trouble(f"could not make .venv: {_last_line(made.stdout + made.stderr)}")


def _installed(purpose: str) -> bool:
    stamp = _stamp(purpose)
    return stamp.exists() and stamp.read_text() == _fingerprint(purpose)


def _install(purpose: str) -> None:
    # A lock names everything, so pip need not look for more: left to resolve, it meets an extra
    # that a package asks for without a pin and takes a version newer than the one locked.
    lock = _lock(purpose)
    _say(f"Installing {lock.relative_to(ROOT)} into .venv ...")
    log = VENV / "install.log"
    with log.open("w") as output:
        pip = subprocess.run(
            [
                *(BIN / "python", "-m", "pip", "install", "--quiet", "--no-input"),
                *("--disable-pip-version-check", "--retries", "2"),
                *("--no-deps", "--require-hashes", "-r", lock),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            cwd=ROOT,
        )
    if pip.returncode != 0:
        raise Trouble(
            f"could not install {lock.relative_to(ROOT)}: {reason(log.read_text())} - look to the "
            f"network and run make again (all that pip said: {log.relative_to(ROOT)})"
        )
    for covered in LOCKS[purpose]:
        _stamp(covered).write_text(_fingerprint(covered))


def reason(log: str) -> str:
    """Return why pip failed, in one line of its log."""
    if "Retrying (" in log:
        return "the package registry did not answer"
    errors = [line for line in log.splitlines() if line.startswith("ERROR: ")]
    return errors[-1].removeprefix("ERROR: ") if errors else _last_line(log)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


def _fingerprint(purpose: str) -> str:
    return sha256(_lock(purpose).read_bytes()).hexdigest()


def _lock(purpose: str) -> Path:
    return ROOT / "requirements" / f"{purpose}.lock"


def _stamp(purpose: str) -> Path:
    return VENV / f"{purpose}.stamp"


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    main()
