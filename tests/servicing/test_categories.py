import pytest

from servicing.categories import UnknownPreset, categories, migration, standing_bands
from tests.support.plans import usd


@pytest.mark.parametrize(
    ("preset", "days", "category"),
    [
        ("small_loan", 0, "normal"),
        ("small_loan", 1, "special_mention"),
        ("small_loan", 30, "special_mention"),
        ("small_loan", 31, "substandard"),
        ("small_loan", 90, "substandard"),
        ("small_loan", 91, "doubtful"),
        ("small_loan", 180, "doubtful"),
        ("small_loan", 181, "loss"),
        ("bank", 90, "special_mention"),
        ("bank", 91, "substandard"),
        ("bank", 271, "doubtful"),
        ("bank", 361, "loss"),
    ],
)
def test_days_late_make_the_category_of_a_preset(preset: str, days: int, category: str) -> None:
    assert categories(preset).of(days) == category


def test_a_judgement_makes_a_category_worse_but_never_better() -> None:
    preset = categories("small_loan")

    assert preset.of(0, judged="doubtful") == "doubtful"
    assert preset.of(100, judged="normal") == "doubtful"


def test_provisions_are_a_share_of_what_is_outstanding() -> None:
    preset = categories("bank")

    provided = [preset.provision(usd("1000.10"), name) for name in preset.bands.names]

    assert provided == [usd(sum_) for sum_ in ("10.00", "20.00", "250.03", "500.05", "1000.10")]


def test_people_are_told_in_five_words_how_late_a_loan_is() -> None:
    words = [standing_bands().of(days) for days in (0, 1, 15, 16, 31, 120, 121)]

    assert words == [
        "on_time",
        "in_grace",
        "in_grace",
        "late_16_30",
        "late_31_120",
        "late_31_120",
        "default",
    ]


def test_the_policy_names_the_preset_that_is_chosen() -> None:
    assert categories().bands == categories("small_loan").bands


def test_a_preset_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownPreset, match="small_loan, bank"):
        categories("gold")


def test_the_migration_matrix_counts_loans_by_their_move() -> None:
    before = {1: "normal", 2: "normal", 3: "substandard", 4: "loss"}
    after = {1: "normal", 2: "special_mention", 3: "special_mention", 5: "normal"}

    assert migration(before, after) == {
        ("normal", "normal"): 1,
        ("normal", "special_mention"): 1,
        ("substandard", "special_mention"): 1,
    }
