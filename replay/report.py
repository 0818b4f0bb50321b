"""What a replay found, beside what the file says."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from amortization import Contract, schedule
from kernel import add_months
from origination import Terms
from replay.layout import FileLoan, MalformedRow, Outcome

COMPONENTS = ("principal", "interest", "late_fee", "recovery")


@dataclass(slots=True)
class Totals:
    """What a group of loans paid by component, in minor units, and how many failed."""

    loans: int = 0
    lent: int = 0
    principal: int = 0
    interest: int = 0
    late_fee: int = 0
    recovery: int = 0
    charged_off: int = 0

    def add(self, other: "Totals") -> None:
        """Take another group in."""
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def charge_off_rate(self) -> Decimal | None:
        """Failed loans over all loans; None where there are none."""
        return Decimal(self.charged_off) / self.loans if self.loans else None


@dataclass(frozen=True, slots=True)
class Installments:
    """How many installments equal the file's to the cent."""

    compared: int
    equal: int
    first_differences: tuple[str, ...]

    @property
    def share(self) -> Decimal:
        """Equal ones over all."""
        return Decimal(self.equal) / self.compared if self.compared else Decimal(1)


@dataclass(slots=True)
class Report:
    """Everything that a replay ends with."""

    file: str
    installments: Installments
    malformed: list[str]
    file_totals: dict[str, Totals]
    book_totals: dict[str, Totals]
    findings: list[str]
    checked: Mapping[str, int]
    through: date
    loans: int = 0
    postings: int = 0
    seconds: float = 0.0
    peak_memory_mib: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether the audit found nothing."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """Return the plain form, amounts in minor units."""
        return {
            "file": self.file,
            "through": self.through.isoformat(),
            "loans": self.loans,
            "installments": {
                "compared": self.installments.compared,
                "equal": self.installments.equal,
                "share": str(round(self.installments.share, 6)),
                "first_differences": list(self.installments.first_differences),
            },
            "totals": {
                grade: {"file": asdict(self.file_totals[grade]), "book": asdict(book)}
                for grade, book in sorted(self.book_totals.items())
            },
            "audit": {
                "clean": self.clean,
                "findings": self.findings,
                "checked": dict(self.checked),
            },
            "malformed": self.malformed,
            "seconds": round(self.seconds, 2),
            "loans_per_second": round(self.loans / self.seconds, 2) if self.seconds else None,
            "postings": self.postings,
            "postings_per_second": round(self.postings / self.seconds) if self.seconds else None,
            "peak_memory_mib": round(self.peak_memory_mib),
            "notes": self.notes,
        }


def compare_installments(loans: Iterable[FileLoan], terms: Terms) -> Installments:
    """Compute every loan's installment by the product's conventions, and hold it to the file's.

    LendingClub states the installment of the amount that was funded.
    """
    compared = equal = 0
    differences: list[str] = []
    for loan in loans:
        ours = schedule(
            Contract(
                principal=loan.funded,
                rate=loan.rate,
                installments=loan.installments,
                start=loan.issued,
                first_due=add_months(loan.issued, 1),
                conventions=terms.conventions,
            )
        ).installment
        compared += 1
        equal += ours == loan.installment
        if ours != loan.installment and len(differences) < 10:  # noqa: PLR2004 - enough to look at
            differences.append(f"line {loan.line}: {ours} here, {loan.installment} in the file")
    return Installments(compared, equal, tuple(differences))


def file_totals(loans: Iterable[FileLoan]) -> dict[str, Totals]:
    """Add up what the file says, by grade and over `all`."""
    totals: dict[str, Totals] = defaultdict(Totals)
    for loan in loans:
        one = Totals(
            loans=1,
            lent=loan.funded.minor,
            principal=loan.paid_principal.minor,
            interest=loan.paid_interest.minor,
            late_fee=loan.paid_late_fee.minor,
            recovery=loan.recovered.minor,
            charged_off=int(loan.outcome is Outcome.CHARGED_OFF),
        )
        totals[loan.grade].add(one)
        totals["all"].add(one)
    return dict(totals)


def malformed_lines(rows: Iterable[FileLoan | MalformedRow]) -> list[str]:
    """Return what is wrong with the rows that are no loans."""
    return [str(row) for row in rows if isinstance(row, MalformedRow)]
