"""Files that spreadsheets open as they are meant: UTF-8 with a BOM, and no formulas."""

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What a spreadsheet would take for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: object) -> str:
    """Return the text of a cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULAS) else text
