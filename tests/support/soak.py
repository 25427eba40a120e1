"""Chance in tests: a little in every run, much of it in `make soak`."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, settings

IN_EVERY_RUN = 2

few_examples = settings(
    max_examples=settings().max_examples // 3,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""For properties of what is stored: the examples of a test share its tables, so that each needs ids of its own."""


def seeds(count: int) -> Sequence[pytest.ParameterSet]:
    """The numbers that as many runs of a test are thrown from; those after the first are for `make soak`."""
    return [pytest.param(seed, marks=[pytest.mark.soak] if seed >= IN_EVERY_RUN else []) for seed in range(count)]
