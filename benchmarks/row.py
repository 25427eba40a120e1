"""What a row of the table is: two things measured side by side in one run, or a count, held against a bound."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

FEWEST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class AtMost:
    """A bound that is met by anything up to its limit."""

    limit: float
    unit: str = "x"

    def holds(self, reached: float) -> bool:
        return reached <= self.limit

    def __str__(self) -> str:
        return f"at most {self.limit:g}{self.unit}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A bound that is met by anything from its limit on."""

    limit: float
    unit: str = "x"

    def holds(self, reached: float) -> bool:
        return reached >= self.limit

    def __str__(self) -> str:
        return f"at least {self.limit:g}{self.unit}"


@dataclass(frozen=True, slots=True)
class NoBound:
    """What is only reported, beside a row that has a bound."""

    unit: str = "x"

    def holds(self, _reached: float) -> bool:
        return True

    def __str__(self) -> str:
        return "none"


class Row(ABC):
    """One row: says what it measures, and measures it."""

    what: ClassVar[str]
    against: ClassVar[str]
    bound: ClassVar[AtMost | AtLeast | NoBound]
    how: ClassVar[str]
    """In one sentence."""

    @abstractmethod
    def reach(self, rounds: int) -> float:
        """What is compared with the bound."""


class CostRatio(Row):
    """How much ``what`` costs in units of ``against``: medians of rounds in which each takes its turn."""

    @abstractmethod
    def cost(self) -> float:
        """What one round of ``what`` costs, in any unit that `reference_cost` shares."""

    @abstractmethod
    def reference_cost(self) -> float:
        """What one round of ``against`` costs."""

    def reach(self, rounds: int) -> float:
        if rounds < FEWEST_ROUNDS:
            raise ValueError(f"A median needs at least {FEWEST_ROUNDS} rounds.")
        self.cost(), self.reference_cost()  # caches fill, modules load: not what is measured
        costs, reference_costs = zip(*((self.cost(), self.reference_cost()) for _ in range(rounds)), strict=True)
        return float(median(costs) / median(reference_costs))


class SpeedUp(CostRatio):
    """How many times faster ``what`` is than ``against``."""

    def reach(self, rounds: int) -> float:
        return 1 / super().reach(rounds)


class Count(Row):
    """A number that does not vary from round to round."""

    @abstractmethod
    def count(self) -> int:
        """The number."""

    def reach(self, rounds: int) -> float:  # noqa: ARG002 - a count needs one round
        return self.count()


@dataclass(frozen=True, slots=True)
class Result:
    """A row that was measured."""

    row: Row
    reached: float

    @property
    def met(self) -> bool:
        return self.row.bound.holds(self.reached)

    @property
    def verdict(self) -> str:
        if isinstance(self.row.bound, NoBound):
            return "reported"
        return "met" if self.met else "MISSED"

    @property
    def reached_text(self) -> str:
        return f"{self.reached:.{0 if isinstance(self.row, Count) else 2}f}{self.row.bound.unit}"
