from contextlib import ExitStack

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import SharedEngines
from tests.machine.marketplace import Marketplace
from tests.support.database import forgetful_session

MODERATE = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_whatever_happens_in_whatever_order_the_books_hold(
    shared_engines: SharedEngines, backend: str
) -> None:
    class OnThisDatabase(Marketplace):
        def __init__(self) -> None:
            self.stack = ExitStack()
            connection = self.stack.enter_context(shared_engines.connect(backend))
            super().__init__(self.stack.enter_context(forgetful_session(connection)))

        def teardown(self) -> None:
            self.stack.close()

    run_state_machine_as_test(OnThisDatabase, settings=MODERATE)
