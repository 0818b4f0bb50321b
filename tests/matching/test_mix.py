from matching import Mix


def test_a_mix_that_says_nothing_limits_nothing() -> None:
    assert not Mix()
    assert Mix().share("grade", "A") is None
    assert Mix(caps={"grade": {}}).to_json() == {}


def test_a_cap_is_for_its_word_or_for_every_other() -> None:
    mix = Mix(caps={"purpose": {"*": 2_000, "car": 500}})

    assert mix.share("purpose", "car") == 500
    assert mix.share("purpose", "home") == 2_000
    assert mix.share("grade", "A") is None


def test_targets_leave_out_what_they_do_not_name() -> None:
    mix = Mix(caps={"grade": {"A": 3_000}}, targets={"grade": {"A": 6_000, "B": 4_000}})

    assert [mix.share("grade", word) for word in "ABC"] == [3_000, 4_000, 0]


def test_shares_that_do_not_hold_together_are_named() -> None:
    assert "no known kind" in Mix(caps={"colour": {"red": 1}}).fault
    assert "between 0 and 100" in Mix(caps={"grade": {"A": 10_001}}).fault
    assert "more than 100" in Mix(targets={"grade": {"A": 6_000, "B": 6_000}}).fault
    assert not Mix(caps={"grade": {"A": 9_000, "B": 9_000}}).fault


def test_a_mix_reads_as_it_was_written() -> None:
    mix = Mix(caps={"grade": {"A": 3_000}}, targets={"region": {"CA": 1}})

    assert Mix.from_json(mix.to_json()) == mix
