import pytest

from kernel import Conflict, DomainError, Invalid, NotFound, Refused


class TooLate(Refused):
    """The {what} closed
    on {day}.
    """


def test_a_refusal_tells_its_facts_in_its_message() -> None:
    refusal = TooLate(what="listing", day="Monday")

    assert str(refusal) == "The listing closed on Monday."
    assert refusal.day == "Monday"
    assert TooLate.template() == "The {what} closed on {day}."


def test_a_code_is_the_name_in_snake_case() -> None:
    assert (TooLate.code, Conflict.code, NotFound.code) == ("too_late", "conflict", "not_found")
    assert DomainError.code == "domain_error"


def test_a_fact_that_was_not_given_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="who"):
        _ = Invalid(field="amount", why="negative").who


def test_a_refusal_without_words_has_an_empty_message() -> None:
    class Silent(DomainError):
        pass

    assert str(Silent()) == ""
