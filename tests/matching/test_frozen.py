from hypothesis import given
from hypothesis import strategies as st

from matching.allocate import allocate
from matching.frozen import freeze, freeze_plan, thaw, thaw_plan
from tests.matching.worlds import World, lines, worlds


@given(world=worlds(), seed=st.text(max_size=3))
def test_a_frozen_market_is_planned_again_to_the_same_bytes(world: World, seed: str) -> None:
    asked = world.market()
    plan = allocate(asked, seed=seed)

    again = thaw(freeze(asked))

    assert again.digest() == asked.digest()
    assert freeze(again) == freeze(asked)
    assert freeze_plan(allocate(again, seed=seed)) == freeze_plan(plan)


@given(world=worlds())
def test_a_plan_comes_back_from_its_bytes(world: World) -> None:
    asked = world.market()
    plan = allocate(asked, seed="1")

    back = thaw_plan(freeze_plan(plan))

    assert lines(back, asked) == lines(plan, asked)
    assert back.digest(asked) == plan.digest(asked)
    assert back.why.tolist() == plan.why.tolist()
