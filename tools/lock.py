"""Write the locks anew from pyproject.toml, with `uv` from an environment of its own.

`make lock` keeps the versions that still fit; `make lock UPGRADE=1` takes the newest ones.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = ROOT / ".make" / "uv"
COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock"),
]


def main() -> None:
    """Compile both locks; the one for tests holds the site's versions exactly."""
    if not (UV / "bin" / "uv").exists():
        _run(sys.executable, "-m", "venv", str(UV))
        _run(str(UV / "bin" / "pip"), "install", "--quiet", "uv>=0.13,<0.14")
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    _compile("run", *upgrade)
    _compile("dev", "--extra", "dev", "--constraint", "requirements/run.lock", *upgrade)


def _compile(name: str, *options: str) -> None:
    lock = f"requirements/{name}.lock"
    _run(str(UV / "bin" / "uv"), *COMPILE, *options, "pyproject.toml", "--output-file", lock)


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, cwd=ROOT)
    if done.returncode != 0:
        sys.exit(f"tessera: {Path(command[0]).name} failed, see above; the locks may be unchanged")


if __name__ == "__main__":
    main()
