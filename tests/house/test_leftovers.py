"""A run of the suite that was killed must not stand in the way of the next one."""

import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support import postgres


def test_a_server_that_was_killed_can_be_cleared_away() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres.start(folder)
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

        while _is_alive(pid):
            os.sched_yield()
        assert (folder / "data" / "postmaster.pid").exists()
        postgres.stop(folder)
        postgres.start_again(folder)
        postgres.stop(folder)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
