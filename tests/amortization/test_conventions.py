"""Conventions are data: stored, read back, and refused where nothing could be counted by them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from amortization import Conventions, UnusableTerms
from tests.amortization.builders import CONVENTIONS, PLAIN


@given(rules=CONVENTIONS)
def test_conventions_come_back_from_storage_as_they_went(rules: Conventions) -> None:
    assert Conventions.from_json(rules.to_json()) == rules


def test_an_older_record_reads_with_the_defaults_of_what_it_does_not_name() -> None:
    stored = PLAIN.to_json()
    del stored["remainder"], stored["carry_balance"]

    assert Conventions.from_json(stored) == PLAIN


def test_a_word_that_is_no_choice_is_not_read() -> None:
    with pytest.raises(ValueError, match="thirty_360"):
        Conventions.from_json({**PLAIN.to_json(), "day_count": "thirty_360"})


@pytest.mark.parametrize("wrong", [{"installment_unit": 0}, {"compounding_per_year": 0}], ids=str)
def test_what_cannot_be_counted_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnusableTerms, match=next(iter(wrong))):
        replace(PLAIN, **wrong)
