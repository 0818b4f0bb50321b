"""What the page of categories shows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import reporting
import servicing
from kernel import Currency, Money, Rate
from marketplace.schemas.servicing import CATEGORIES
from reporting import CategoryBand, CategoryMove

BAD = frozenset({"substandard", "doubtful", "loss"})  # what counts as non-performing (不良)


@dataclass(frozen=True)
class BandLine:
    """One category of the book today."""

    name: Any
    band: CategoryBand
    share: Rate
    provided: Rate


@dataclass(frozen=True)
class MatrixLine:
    """From one category: how many loans went where, in the order of the columns."""

    name: Any
    stayed: int
    cells: tuple[int, ...]
    ended: int

    @property
    def loans(self) -> int:
        """All that began in this category."""
        return sum(self.cells) + self.ended


@dataclass(frozen=True)
class CategoriesPage:
    """The book by category, and the migration matrix between two days."""

    bands: tuple[BandLine, ...]
    loans: int
    outstanding: Money
    provision: Money
    bad: Rate
    since: date
    until: date
    names: tuple[Any, ...]
    matrix: tuple[MatrixLine, ...]
    days: tuple[date, ...]


def categories_page(
    session: Session, *, since: date | None, until: date | None, today: date
) -> CategoriesPage:
    """Return the book today and how it moved between two days, at last recorded and today."""
    preset = servicing.categories()
    bands = reporting.category_bands(session, preset=preset, on=today, currency=Currency.USD)
    outstanding = sum((band.outstanding for band in bands), Money(0, Currency.USD))
    bad = sum((band.outstanding for band in bands if band.name in BAD), Money(0, Currency.USD))
    days = servicing.recorded_days(session)
    since, until = since or next(iter(days), today), min(until or today, today)
    return CategoriesPage(
        bands=tuple(_band(band, preset, outstanding) for band in bands),
        loans=sum(band.loans for band in bands),
        outstanding=outstanding,
        provision=sum((band.provision for band in bands), Money(0, Currency.USD)),
        bad=_share(bad, outstanding),
        since=since,
        until=until,
        names=tuple(CATEGORIES[name] for name in preset.bands.names),
        matrix=_matrix(
            preset.bands.names, _moves(session, preset, since=since, until=until, today=today)
        ),
        days=tuple(days),
    )


def _moves(
    session: Session, preset: servicing.Categories, *, since: date, until: date, today: date
) -> tuple[CategoryMove, ...]:
    """Return the moves between two days: of today as it is, of earlier days as recorded."""
    found = {
        day: reporting.categories_of(session, preset=preset, on=day)
        if day == today
        else servicing.recorded_categories(session, on=day)
        for day in (since, until)
    }
    best = preset.bands.names[0]
    return reporting.category_moves(
        session, found[since], found[until], best=best, since=since, until=until
    )


def _matrix(names: tuple[str, ...], moves: tuple[CategoryMove, ...]) -> tuple[MatrixLine, ...]:
    counted = {(move.was, move.to): move.loans for move in moves}
    return tuple(
        MatrixLine(
            name=CATEGORIES[was],
            stayed=place,
            cells=tuple(counted.get((was, to), 0) for to in names),
            ended=counted.get((was, None), 0),
        )
        for place, was in enumerate(names)
    )


def _band(band: CategoryBand, preset: servicing.Categories, whole: Money) -> BandLine:
    share = _share(band.outstanding, whole)
    return BandLine(CATEGORIES[band.name], band, share, preset.provisions[band.name])


def _share(part: Money, whole: Money) -> Rate:
    return Rate.from_e8(part.minor * 10**8 // whole.minor if whole.minor else 0)
