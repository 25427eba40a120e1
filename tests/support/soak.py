"""Faults at random: a few dice in every run, all of them in `make soak`."""

from collections.abc import Sequence

import pytest

IN_EVERY_RUN = 2


def seeds(count: int) -> Sequence[pytest.ParameterSet]:
    """The numbers that as many runs of a test are thrown from; those after the first are for `make soak`."""
    return [pytest.param(seed, marks=[pytest.mark.soak] if seed >= IN_EVERY_RUN else []) for seed in range(count)]
