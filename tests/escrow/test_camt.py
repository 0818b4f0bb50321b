from datetime import date

import pytest

from escrow.bank_file import FileNotReadable
from escrow.camt import read_camt
from tests.escrow.camts import camt, entry, item

OLD = "<Sts>BOOK</Sts>"


def test_an_entry_is_read_with_its_words() -> None:
    details = item("E2E-1", text="Deposit RF18", name="Bob", strd="RF18")
    file = read_camt(camt(entry("100.00", details), opening="5.00", closing="105.00"))

    (line,) = file.lines
    assert (line.amount.minor, line.account) == (100_00, "DE02120300000000202051")
    assert (line.booked_on, line.value_on) == (date(2026, 11, 23), date(2026, 11, 24))
    assert (line.reference, line.counterparty, line.text) == ("E2E-1 RF18", "Bob", "Deposit RF18")
    assert (line.bank_reference, line.is_reversal) == ("B1", False)
    assert (file.form, file.closings[0].amount.minor) == ("camt.053.001.08", 105_00)


def test_the_older_version_is_read_as_well() -> None:
    details = (
        "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><AmtDtls><TxAmt>"
        '<Amt Ccy="EUR">7.00</Amt></TxAmt></AmtDtls><RltdPties><Cdtr><Nm>Carol</Nm></Cdtr>'
        "</RltdPties></TxDtls>"
    )
    days = "<BookgDt><DtTm>2026-11-23T10:00:00</DtTm></BookgDt>"
    more = "<NtryRef>N1</NtryRef><AddtlNtryInf>Transfer</AddtlNtryInf>"
    body = camt(
        entry("7.00", details, sign="DBIT", status=OLD, days=days, more=more),
        version="02",
        opening="10.00",
        closing="3.00",
    )

    (line,) = read_camt(body).lines

    assert (line.amount.minor, line.value_on) == (-7_00, line.booked_on)
    assert (line.bank_reference, line.reference) == ("N1", "")
    assert (line.counterparty, line.text) == ("Carol", "Transfer")


def test_a_debit_taken_back_is_a_credit_that_says_so() -> None:
    body = camt(entry("9.00", more="<RvslInd>true</RvslInd>"), closing="9.00")

    (line,) = read_camt(body).lines

    assert (line.amount.minor, line.is_reversal) == (9_00, True)


def test_what_is_pending_does_not_count() -> None:
    pending = entry("9.00", status="<Sts><Cd>PDNG</Cd></Sts>")

    assert read_camt(camt(pending + entry("1.00", status=""), closing="1.00")).lines[0].amount.minor


def test_a_batch_that_the_bank_itemises_is_as_many_lines() -> None:
    whole = item("A", "4.00") + item("B", "6.00")
    more = "<AcctSvcrRef>B7</AcctSvcrRef>"
    body = camt(entry("10.00", whole, sign="DBIT", more=more), closing="-10.00")

    lines = read_camt(body).lines

    assert [(each.reference, each.amount.minor) for each in lines] == [("A", -400), ("B", -600)]
    assert [each.bank_reference for each in lines] == ["B7/1", "B7/2"]


@pytest.mark.parametrize(
    "items", [item("A", "4.00") + item("B", "5.00"), item("A") + item("B", "6.00")]
)
def test_a_batch_whose_items_do_not_make_it_is_one_line(items: str) -> None:
    body = camt(entry("10.00", items, sign="DBIT", more=""), closing="-10.00")

    (line,) = read_camt(body).lines

    assert (line.amount.minor, line.reference) == (-10_00, "A B")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (camt(entry("1.00"), closing="2.00"), "closes with 2.00 EUR, but 0.00 EUR"),
        (camt(version="04"), "it is not camt.053.001.02 or camt.053.001.08"),
        (b"<Document/>", "it is not camt"),
        (b"<x", "not well-formed"),
        (b"", "not well-formed"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "line 1"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "a document type is not taken"),
        (b"<a>" * 41, "too many elements, or too deep"),
        (camt().replace(b"Stmt>", b"Other>"), "it holds no statement"),
        (camt().replace(b"OPBD", b"ITBD"), "there is no balance OPBD or PRCD"),
        (camt().replace(b"IBAN", b"Other"), "the account has no number"),
        (camt(entry("1.00", sign="SIDE")), "the amount or its direction is missing"),
        (camt(entry("-1.00")), "an amount has no sign of its own"),
        (camt(entry("1.001")), "is not an amount"),
        (camt(entry("1.00", currency="XYZ")), "is not a currency of the book"),
        (camt(entry("1.00", currency="USD")), "the account is in EUR"),
        (camt(entry("1.00", days="<BookgDt><Dt>soon</Dt></BookgDt>")), "BookgDt is not a day"),
    ],
)
def test_what_cannot_be_trusted_is_refused_whole(body: bytes, why: str) -> None:
    with pytest.raises(FileNotReadable, match=why):
        read_camt(body)


def test_an_account_may_have_another_number_than_an_iban() -> None:
    body = camt().replace(b"<IBAN>DE02120300000000202051</IBAN>", b"<Othr><Id>77</Id></Othr>")

    assert read_camt(body).closings[0].account == "77"
