"""What the gateway relies on, told to Stripe itself with a key of its test mode."""

import os
from collections.abc import Callable

import pytest
import stripe

from escrow import StripeGateway
from tests.support.stripe_story import STORIES, World


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_stripe_keeps_what_the_gateway_relies_on(story: Callable[[World], None]) -> None:
    key = os.environ["STRIPE_TEST_KEY"]

    story(World(StripeGateway(key, webhook_secret="whsec_none"), stripe.StripeClient(key)))
