from kernel import Rate
from matching.criteria import Criteria, Reason, first_failures
from tests.matching.worlds import Offer, Purse, Wish, market


def reason(criteria: Criteria, offer: Offer) -> Reason:
    asked = market([offer], [Purse()], [Wish(criteria=criteria)])
    return Reason(int(first_failures(asked.profiles, asked.listings)[0, 0]))


def test_criteria_that_restrict_nothing_match_every_listing() -> None:
    assert reason(Criteria(), Offer()) is Reason.MATCHED


def test_a_listing_at_the_edge_of_every_criterion_matches() -> None:
    edge = Criteria(
        grades=("A",),
        rate_min=Rate.percent("10"),
        rate_max=Rate.percent("10"),
        installments_min=36,
        installments_max=36,
        purposes=("car",),
        regions=("CA",),
    )

    assert reason(edge, Offer()) is Reason.MATCHED


def test_each_criterion_gives_its_own_reason() -> None:
    assert reason(Criteria(grades=("B",)), Offer()) is Reason.GRADE
    assert reason(Criteria(rate_min=Rate.percent("10.01")), Offer()) is Reason.RATE
    assert reason(Criteria(rate_max=Rate.percent("9.99")), Offer()) is Reason.RATE
    assert reason(Criteria(installments_min=37), Offer()) is Reason.TERM
    assert reason(Criteria(installments_max=35), Offer()) is Reason.TERM
    assert reason(Criteria(purposes=("home",)), Offer()) is Reason.PURPOSE
    assert reason(Criteria(regions=("NY",)), Offer()) is Reason.REGION


def test_of_several_failures_the_first_in_the_funnel_is_the_reason() -> None:
    criteria = Criteria(rate_min=Rate.percent("20"), regions=("NY",))

    assert reason(criteria, Offer()) is Reason.RATE


def test_criteria_come_back_from_storage_as_they_were() -> None:
    criteria = Criteria(
        grades=("A", "B"), rate_min=Rate.percent("7.5"), installments_max=60, regions=("CA",)
    )

    stored = criteria.to_json()

    assert stored == {
        "grades": ["A", "B"],
        "rate_min": 7_500_000,
        "installments_max": 60,
        "regions": ["CA"],
    }
    assert Criteria.from_json(stored) == criteria
