"""Cells of a file for spreadsheets, which must never be taken for formulas."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """Return a value as text; what a spreadsheet would run as a formula gets a quote before it."""
    text = "" if value is None else str(value)
    text = text.replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text
