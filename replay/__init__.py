"""Real loans lived again: a public loan file driven through the operations that the web uses."""

from replay.layout import UnknownLayout, UnreadableFile
from replay.report import Report
from replay.run import NoLoans, Script, Wanted, read_script, run
from replay.table import lines

__all__ = [
    "NoLoans",
    "Report",
    "Script",
    "UnknownLayout",
    "UnreadableFile",
    "Wanted",
    "lines",
    "read_script",
    "run",
]
