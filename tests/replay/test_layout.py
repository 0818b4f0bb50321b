"""A loan file is read row by row; what is wrong with it is said by line."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from kernel import Currency, Money, Rate
from replay.layout import FileLoan, MalformedRow, Outcome, UnknownLayout, UnreadableFile, read_loans

FOLLOWED = (
    "loan_amnt,funded_amnt,term,int_rate,installment,grade,purpose,addr_state,issue_d,loan_status,"
    "total_rec_prncp,total_rec_int,total_rec_late_fee,recoveries,collection_recovery_fee,"
    "last_pymnt_d,last_pymnt_amnt,annual_inc,home_ownership,emp_length,verification_status,dti,"
    "delinq_2yrs,inq_last_6mths,earliest_cr_line,open_acc,pub_rec,revol_util"
)
ROW = (
    "5000,4975.0, 36 months, 10.65%,162.87,B,credit_card,AZ,Dec-2011,Fully Paid,"
    "4975.00,863.16,0.0,0.0,0.0,Jan-2015,171.62,24000,RENT,10+ years,Verified,27.65,"
    "0,1,Jan-1985,3,0,83.7%"
)


def written(folder: Path, *rows: str, header: str = FOLLOWED) -> Path:
    file = folder / "loans.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def only_loan(file: Path) -> FileLoan:
    (loan,) = read_loans(file)
    assert isinstance(loan, FileLoan)
    return loan


def only_error(file: Path) -> str:
    (error,) = read_loans(file)
    assert isinstance(error, MalformedRow)
    return str(error)


def test_a_row_of_the_published_layout_becomes_a_loan(tmp_path: Path) -> None:
    loan = only_loan(written(tmp_path, ROW))

    assert loan.funded == Money(497500, Currency.USD)
    assert loan.installments == 36
    assert loan.rate == Rate.percent("10.65")
    assert loan.issued == date(2011, 12, 1)
    assert loan.last_paid == date(2015, 1, 1)
    assert loan.outcome is Outcome.PAID
    assert loan.facts.employment_years == 10
    assert loan.facts.revolving_utilisation == Rate.percent("83.7")


@pytest.mark.parametrize("rate", ["10.65%", "10.65", "0.1065"])
def test_a_rate_is_read_as_percent_or_as_a_fraction(tmp_path: Path, rate: str) -> None:
    loan = only_loan(written(tmp_path, ROW.replace(" 10.65%", rate)))

    assert loan.rate == Rate.percent("10.65")


def test_a_compressed_file_reads_like_a_plain_one(tmp_path: Path) -> None:
    plain = written(tmp_path, ROW)
    packed = tmp_path / "loans.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert only_loan(packed) == only_loan(plain)


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ("5000,4975.0", "much,4975.0", "Line 2: amount is not an amount: much"),
        ("5000,4975.0", ",4975.0", "Line 2: amount is empty"),
        ("5000,4975.0", "Infinity,4975.0", "Line 2: amount is not an amount: Infinity"),
        ("5000,4975.0", "5000,6000", "funded with nothing, or with more than was asked"),
        ("36 months", "", "the term is not positive"),
        ("Fully Paid", "Vanished", "the status is unknown: Vanished"),
        ("4975.00,863.16", "9000.00,863.16", "more principal was repaid than lent"),
        (",863.16,", ",-863.16,", "an amount is negative"),
        (",B,", ",,", "the grade is missing"),
        ("162.87", "0", "the installment is not positive"),
    ],
)
def test_a_malformed_row_is_told_by_line_and_reason(
    tmp_path: Path, good: str, bad: str, why: str
) -> None:
    assert why in only_error(written(tmp_path, ROW.replace(good, bad)))


def test_the_good_rows_around_a_bad_one_are_kept(tmp_path: Path) -> None:
    rows = list(read_loans(written(tmp_path, ROW, ROW.replace("162.87", "x"), ROW)))

    assert [type(row).__name__ for row in rows] == ["FileLoan", "MalformedRow", "FileLoan"]
    assert isinstance(rows[2], FileLoan)
    assert rows[2].line == 4


def test_a_file_of_another_layout_is_refused_with_the_columns_it_lacks(tmp_path: Path) -> None:
    file = written(tmp_path, "1,2", header="loan_amnt,int_rate,colour")

    with pytest.raises(UnknownLayout, match="funded_amnt"):
        list(read_loans(file))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    picture = tmp_path / "loans.csv.gz"
    picture.write_bytes(b"\x89PNG not a loan file")

    with pytest.raises(UnreadableFile, match=r"loans\.csv\.gz"):
        list(read_loans(picture))
    with pytest.raises(UnreadableFile, match="No such file"):
        list(read_loans(tmp_path / "nowhere.csv"))
