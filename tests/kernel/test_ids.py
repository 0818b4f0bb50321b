from hypothesis import given
from hypothesis import strategies as st

from kernel import new_id, new_ids


@given(st.integers(0, 300))
def test_ids_made_together_are_different_and_ascend(count: int) -> None:
    ids = new_ids(count)

    assert len(set(ids)) == count
    assert ids == sorted(ids)


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = new_id()

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_a_later_id_is_larger() -> None:
    first = new_id()
    while (second := new_id()).int >> 80 == first.int >> 80:
        pass

    assert second > first
