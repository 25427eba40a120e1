"""What every test may ask for."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from herald.runtime.garbage import keep_what_was_imported
from local.stack.addresses import free_ports
from local.stack.running import PROJECT, RunningStack, running_stack
from tests.support.carrier import CarrierControls
from tests.support.clinic import Clinic
from tests.support.engine import Engine

# openpyxl parses in the tests as in the product: by the one parser that was inspected.
os.environ.update(OPENPYXL_LXML="False", OPENPYXL_DEFUSEDXML="False")

# Every request comes from this machine's one address, and many tests begin with a sign-up.
MANY_SIGN_INS = {"SignInRequestsPerMinute": "10000"}

# Machines that run tests side by side are slow at times.
settings.register_profile("quick", max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", parent=settings.get_profile("quick"), max_examples=1000)
settings.load_profile("quick")


def pytest_collection_finish() -> None:
    """Python looks for garbage as it does in a function that is invoked: `import herald` lets it rest."""
    keep_what_was_imported()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The whole product from template.yaml on the local engine, started once per run on ports of its own."""
    project = replace(PROJECT, parameters=MANY_SIGN_INS)
    with running_stack(tmp_path_factory.mktemp("stack"), free_ports(), project) as running:
        yield running


@pytest.fixture
def engine(stack: RunningStack) -> Engine:
    """The stack from behind; requests that earlier tests made from this address no longer count."""
    engine = Engine(stack)
    engine.forget_requests_of_this_address()
    return engine


@pytest.fixture
def carrier(stack: RunningStack) -> CarrierControls:
    """The simulated carrier."""
    return CarrierControls(stack.carrier_url)


@pytest.fixture
def clinic(stack: RunningStack, engine: Engine, tmp_path: Path) -> Clinic:
    """A tenant of its own for each test."""
    return Clinic(stack, tmp_path)
