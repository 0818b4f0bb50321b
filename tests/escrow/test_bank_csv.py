from datetime import date

import pytest

from escrow.bank_csv import read_csv
from escrow.bank_file import FileNotReadable, identities
from kernel import Currency, Money

HEAD = "account,booked_on,amount,currency,reference,balance\n"


def test_lines_are_read_with_their_closing_balances() -> None:
    body = (
        "\ufeffAccount, Booked_On ,amount,currency,value_on,bank_reference,counterparty,text,"
        "balance\n"
        "DE1,2026-11-23,100.00,usd,2026-11-24,B1,Bob,“RF”,100.00\n"
        "\n"
        "DE1,2026-11-24,-40,USD,,,,,60.00\n"
    )

    file = read_csv(body.encode())

    first, second = file.lines
    assert (first.amount, first.value_on, first.counterparty) == (
        Money(100_00, Currency.USD),
        date(2026, 11, 24),
        "Bob",
    )
    assert (second.amount, second.value_on) == (Money(-40_00, Currency.USD), second.booked_on)
    assert [(each.day.day, each.amount.minor) for each in file.closings] == [
        (23, 100_00),
        (24, 60_00),
    ]


def test_without_balances_there_are_no_closings() -> None:
    body = "account,booked_on,amount,currency\nA,2026-11-23,1,JPY\n"

    assert read_csv(body.encode()).closings == ()
    assert read_csv(b"account,booked_on,amount,currency,balance\n").closings == ()


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("A,2026-11-23,1.00,USD,x,1.00\nA,2026-11-23,1.00,USD,x,3.00\n", "line 3, column balance"),
        ("A,2026-13-23,1.00,USD,x,1.00\n", "line 2, column booked_on: “2026-13-23” is not a day"),
        ("A,2026-11-23,1.001,USD,x,1.00\n", "line 2, column amount: “1.001” is not an amount"),
        ("A,2026-11-23,0,USD,x,1.00\n", "line 2, column amount: it is zero"),
        ("A,2026-11-23,1.00,XXX,x,1.00\n", "line 2, column currency: “XXX” is not a currency"),
        ("A,2026-11-23,1.00,USD,x,\n", "line 2, column balance: it is empty"),
        (",2026-11-23,1.00,USD,x,1.00\n", "line 2, column account: it is empty"),
        ("A,2026-11-23,1.00,USD\n", "line 2: 4 columns where 6 are named"),
        ('A,2026-11-23,"1.00,USD,x,1.00\n', "unexpected end of data"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(rows: str, why: str) -> None:
    with pytest.raises(FileNotReadable, match=why.replace("(", r"\(")):
        read_csv((HEAD + rows).encode())


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the columns account, booked_on, amount, currency are missing"),
        (
            b"account,booked_on,amount,currency,hue,account\n",
            "unknown or twice: account, hue",
        ),
        (b"account\xff", "byte 8 is not UTF-8"),
    ],
)
def test_a_file_without_the_columns_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(FileNotReadable, match=why):
        read_csv(body)


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("escrow.bank_csv.MOST_LINES", 2)

    with pytest.raises(FileNotReadable, match="more than 2 lines"):
        read_csv((HEAD + "A,2026-11-23,1,USD,x,1\nA,2026-11-23,1,USD,x,2\n").encode())


def test_equal_lines_of_one_file_are_two_and_known_again_in_another() -> None:
    row = "A,2026-11-23,1.00,USD,same,{}\n"
    one = read_csv((HEAD + row.format(1) + row.format(2)).encode())
    other = read_csv((HEAD + row.format(7)).encode())

    names = identities(one.lines)

    assert len(set(names)) == 2
    assert identities(other.lines) == names[:1]
