"""What the pages are compared with: Flask, one indexed query, a table of its rows, and no more."""

import os
import sqlite3

from flask import Flask, render_template_string, request

PAGE = """<!doctype html><title>Bare</title><table><tbody>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table>"""
NEWEST = "SELECT id, grade, rate, term, amount, reserved FROM line ORDER BY closes LIMIT ?"
DATABASE = "BARE_DATABASE"

app = Flask(__name__)


@app.get("/")
def rows() -> str:
    book = sqlite3.connect(os.environ[DATABASE])
    found = book.execute(NEWEST, (request.args.get("rows", type=int),)).fetchall()
    book.close()
    return render_template_string(PAGE, rows=found)


def fill(path: str, lines: int) -> None:
    """Make the one table with its one index."""
    book = sqlite3.connect(path)
    book.execute("CREATE TABLE line (id, grade, rate, term, amount, reserved, closes)")
    book.execute("CREATE INDEX line_closes ON line (closes)")
    book.executemany(
        "INSERT INTO line VALUES (?, 'B', 10.42, 36, 12000, 5000, ?)",
        [(number, number * 7919 % lines) for number in range(lines)],
    )
    book.commit()
    book.close()
