"""How long trying out a template may take."""

import time
from collections.abc import Callable

from herald.results.ports import ConversionFailure
from herald.results.rendering.model import OFFICE_PROBLEMS

_SECONDS_IN_ALL = 40.0
"""A template whose samples take longer has slow rows anyway: nothing is won by making them a little faster."""


class Budget:
    """How long each conversion may take, and all of them."""

    def __init__(self, per_conversion: float, seconds: Callable[[], float] = time.monotonic) -> None:
        self.per_conversion = per_conversion
        self._seconds = seconds
        self._ends = seconds() + _SECONDS_IN_ALL

    @property
    def is_used_up(self) -> bool:
        """Whether no more is to be tried."""
        return self._seconds() >= self._ends

    def says_nothing(self, failure: ConversionFailure) -> bool:
        """Whether a failed conversion leaves open what the template does: where it was LibreOffice's, and early."""
        return failure.code in OFFICE_PROBLEMS and not self.is_used_up
