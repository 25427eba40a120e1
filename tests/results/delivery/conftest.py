"""Asking for deliveries, with a queue and a schedule that only remember."""

import pytest

from tests.support.clock import FakeClock
from tests.support.delivery import DeliveryRequests, FullQueue, IdleSchedule, delivery_requests
from tests.support.results import NOW


@pytest.fixture
def queue() -> FullQueue:
    return FullQueue()


@pytest.fixture
def schedule() -> IdleSchedule:
    return IdleSchedule()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def requests(results_cloud: None, queue: FullQueue, schedule: IdleSchedule, clock: FakeClock) -> DeliveryRequests:
    return delivery_requests(queue, schedule, clock)
