from collections.abc import Iterator

import pytest
from stripe import StripeClient

from simulator import Simulator


@pytest.fixture
def bank() -> Iterator[Simulator]:
    with Simulator.start() as simulator:
        yield simulator


@pytest.fixture
def client(bank: Simulator) -> StripeClient:
    return bank.client()
