"""Find a Chromium for the journeys, or get one, or say how to.

`python -m tools.browser` is what `make test` calls; tests ask `find()` for the program's path.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Make sure that there is a browser, and warn when it has no Chinese letters."""
    if not (find() or _installed()):
        sys.exit(
            "tessera: the tests need Chromium and none is to be had here: install it so that "
            "`chromium` is on PATH (Debian: apt-get install chromium fonts-noto-cjk; elsewhere: "
            ".venv/bin/playwright install --with-deps chromium), or name it with CHROMIUM=/path"
        )
    if not _knows_chinese():
        _say(
            "Warning: no Chinese font found; pictures of 中文 pages will show boxes. "
            "Debian: apt-get install fonts-noto-cjk"
        )


def find() -> str | None:
    """Return the path of a Chromium: the one CHROMIUM names, one on PATH, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = (shutil.which(name) for name in NAMES)
    return next(filter(None, found), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    home = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    programs = sorted(Path(home).glob("chromium-*/chrome-linux*/chrome"))
    return str(programs[-1]) if programs else None


def _installed() -> bool:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say("No Chromium found: installing it with apt-get ...")
        _try("apt-get", "update", "-qq")
        _try("apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk")
    if not find():
        _say("No Chromium found: letting Playwright fetch one ...")
        _try(str(ROOT / ".venv" / "bin" / "playwright"), "install", "chromium")
    return find() is not None


def _try(*command: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    except subprocess.CalledProcessError as error:
        _say(f"  {' '.join(command)} failed: {(error.stderr.strip().splitlines() or ['?'])[-1]}")
    except OSError as error:
        _say(f"  {command[0]}: {error.strerror}")


def _knows_chinese() -> bool:
    lister = shutil.which("fc-list")
    if not lister:
        return False
    listed = subprocess.run([lister, ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    main()
