"""The gateway at the demo bank; `tests/stripe_live` tells the same stories to Stripe itself."""

from collections.abc import Callable

import pytest

from escrow import StripeGateway
from simulator import KEY, SECRET, Simulator
from tests.support.stripe_story import STORIES, Thing, World


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_demo_bank_keeps_what_the_gateway_relies_on(story: Callable[[World], None]) -> None:
    with Simulator.start() as bank:
        bank.command("clock", freeze=False)
        gateway = StripeGateway(KEY, webhook_secret=SECRET, base=bank.url)
        story(World(gateway, bank.client()))


def test_it_sends_nothing_by_one_call() -> None:
    gateway = StripeGateway(KEY, webhook_secret=SECRET)

    with pytest.raises(NotImplementedError):
        gateway.send(Thing())
