from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from escrow.references import is_reference, reference_for, references_in, shown

BOB = UUID(int=2)


@given(st.uuids(), st.integers(0, 3))
def test_a_reference_is_right_and_found_again_however_it_was_written(
    owner: UUID, attempt: int
) -> None:
    reference = reference_for(owner, attempt=attempt)

    assert is_reference(reference)
    assert references_in(f"Deposit {shown(reference).lower()}, thank you") == [reference]
    assert references_in(f"RF{reference}") == [reference]


@given(st.uuids(), st.integers(0, 15), st.sampled_from("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"))
def test_one_wrong_sign_is_nobodys_reference(owner: UUID, place: int, sign: str) -> None:
    reference = reference_for(owner)
    wrong = reference[:place] + sign + reference[place + 1 :]

    assert wrong == reference or not is_reference(wrong)


def test_another_attempt_gives_another_reference() -> None:
    assert reference_for(BOB) != reference_for(BOB, attempt=1)


def test_a_text_without_one_holds_none() -> None:
    assert references_in("RF18 539007547034") == []
    assert references_in("") == []
