import pytest
from flask import Flask
from flask_babel import force_locale

from marketplace.words import memo_word


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.mark.parametrize(
    ("memo", "english", "chinese"),
    [
        ("L-36 installment", "Installment of L-36", "L-36 分期还款"),
        ("Order on L-98 cancelled", "Order on L-98 cancelled", "取消 L-98 的订单"),
        ("L-7: the borrower declined the smaller amount", None, "L-7：借款人不接受部分金额"),
        ("Deposit", "Money arrived", "资金到账"),
    ],
)
def test_what_an_entry_notes_is_read_in_the_readers_language(
    app: Flask, memo: str, english: str | None, chinese: str
) -> None:
    with app.test_request_context(), force_locale("en"):
        assert english is None or memo_word(memo) == english
    with app.test_request_context(), force_locale("zh"):
        assert memo_word(memo) == chinese


def test_a_note_by_hand_stays_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert memo_word("Goodwill, agreed by telephone") == "Goodwill, agreed by telephone"
