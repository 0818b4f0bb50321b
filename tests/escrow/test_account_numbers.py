"""Account numbers: an IBAN is held to its check digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escrow import is_account_number

# Examples of the registry of ISO 13616.
IBANS = [
    "DE89 3704 0044 0532 0130 00",
    "GB29-NWBK-6016-1331-9268-19",
    "fr1420041010050500013M02606",
]


@pytest.mark.parametrize("text", [*IBANS, "000123456789", "0001-2345-6789"])
def test_a_right_number_is_taken_however_it_is_grouped(text: str) -> None:
    assert is_account_number(text)


@pytest.mark.parametrize("text", ["", "123", "DE89", "XX00", "12a4567", "DE8937040044053201300"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert not is_account_number(text)


@given(st.integers(4, 21), st.integers(0, 9))
def test_one_wrong_digit_of_an_iban_is_found(place: int, digit: int) -> None:
    right = "DE89370400440532013000"
    wrong = f"{right[:place]}{digit}{right[place + 1 :]}"

    assert is_account_number(wrong) == (wrong == right)
