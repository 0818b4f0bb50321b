"""The report of a replay as lines of text for a terminal."""

from collections.abc import Iterator

from replay.report import COMPONENTS, Report, Totals

HEAD = f"{'':5} {'loans':>6} {'':6} {'principal':>16} {'interest':>15} {'late fees':>12} "
HEAD += f"{'recoveries':>13} {'failed':>7}"


def lines(report: Report) -> Iterator[str]:
    """Yield the report line by line."""
    yield f"{report.file}: {report.loans:,} loans lived through {report.through}"
    yield from _installments(report)
    yield ""
    yield HEAD
    for grade in sorted(report.book_totals, key=lambda grade: (grade == "all", grade)):
        yield from _grade(grade, report.file_totals[grade], report.book_totals[grade])
    yield ""
    yield from _audit(report)
    yield from _malformed(report)
    yield from report.notes
    yield _speed(report)


def _installments(report: Report) -> Iterator[str]:
    found = report.installments
    yield (
        f"installments equal to the file's, to the cent: {found.equal:,} of {found.compared:,} "
        f"({found.share:.3%})"
    )
    yield from (f"  {difference}" for difference in found.first_differences)


def _grade(grade: str, told: Totals, book: Totals) -> Iterator[str]:
    yield f"{grade:5} {told.loans:>6,} {'file':6} {_amounts(told)}"
    yield f"{'':5} {book.loans:>6,} {'book':6} {_amounts(book)}"


def _amounts(totals: Totals) -> str:
    widths = dict(zip(COMPONENTS, (16, 15, 12, 13), strict=True))
    amounts = [f"{_major(getattr(totals, name)):>{width}}" for name, width in widths.items()]
    rate = totals.charge_off_rate
    return " ".join([*amounts, f"{rate:>7.1%}" if rate is not None else f"{'':7}"])


def _major(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02}"


def _audit(report: Report) -> Iterator[str]:
    checked = ", ".join(f"{count:,} {what}" for what, count in report.checked.items())
    yield f"audit: {'clean' if report.clean else 'FAILED'} ({checked})"
    yield from (f"  {finding}" for finding in report.findings)


def _malformed(report: Report) -> Iterator[str]:
    if report.malformed:
        yield f"{len(report.malformed):,} malformed rows were skipped:"
        yield from (f"  {line}" for line in report.malformed[:10])


def _speed(report: Report) -> str:
    seconds = report.seconds or 1e-9
    return (
        f"{report.loans / seconds:,.1f} loans/s, {report.postings / seconds:,.0f} postings/s, "
        f"{report.seconds:,.0f} s, {report.peak_memory_mib:,.0f} MiB at most"
    )
