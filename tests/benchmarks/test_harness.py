from collections.abc import Iterator
from typing import ClassVar

import pytest

from benchmarks.__main__ import all_rows
from benchmarks.row import AtLeast, AtMost, CostRatio, Count, Result, SpeedUp
from benchmarks.table import line, page, summary, these_versions, this_machine

TURNS: list[str] = []


class Rendering(CostRatio):
    what = "Rendering"
    against = "Copying"
    bound: ClassVar[AtMost | AtLeast] = AtMost(2)
    how = "By hand."

    def __init__(self, costs: list[float], reference_costs: list[float]) -> None:
        self._costs: Iterator[float] = iter(costs)
        self._reference_costs: Iterator[float] = iter(reference_costs)

    def cost(self) -> float:
        TURNS.append("what")
        return next(self._costs)

    def reference_cost(self) -> float:
        TURNS.append("against")
        return next(self._reference_costs)


class FasterRendering(Rendering, SpeedUp):
    bound = AtLeast(2)


class Clients(Count):
    what = "Clients"
    against = "1"
    bound = AtMost(1, unit="")
    how = "Counted."

    def count(self) -> int:
        return 3


def test_a_ratio_is_of_medians_and_the_first_round_only_warms_up() -> None:
    row = Rendering([1000, 3, 9, 3, 3, 100], [1000, 2, 2, 0.1, 50, 2])

    assert row.reach(rounds=5) == 1.5


def test_the_two_sides_take_turns() -> None:
    TURNS.clear()

    Rendering([1] * 6, [1] * 6).reach(rounds=5)

    assert TURNS == ["what", "against"] * 6


def test_fewer_than_five_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 5"):
        Rendering([1] * 5, [1] * 5).reach(rounds=4)


def test_a_speed_up_is_how_many_times_faster() -> None:
    assert FasterRendering([1] * 6, [4] * 6).reach(rounds=5) == 4


def test_a_count_is_measured_as_it_is() -> None:
    result = Result(Clients(), Clients().reach(rounds=5))

    assert (result.reached_text, result.verdict) == ("3", "MISSED")


@pytest.mark.parametrize(("reached", "verdict"), [(1.99, "met"), (2.0, "met"), (2.01, "MISSED")])
def test_a_bound_above_holds_up_to_its_limit(reached: float, verdict: str) -> None:
    assert Result(Rendering([], []), reached).verdict == verdict


@pytest.mark.parametrize(("reached", "verdict"), [(1.99, "MISSED"), (2.0, "met"), (2.01, "met")])
def test_a_bound_below_holds_from_its_limit(reached: float, verdict: str) -> None:
    assert Result(FasterRendering([], []), reached).verdict == verdict


def test_the_page_holds_a_line_for_each_row_and_says_where_and_when() -> None:
    results = [Result(Rendering([], []), 1.5), Result(Clients(), 3)]

    text = page(results, machine="a machine", versions="Python 3", date="2026-11-22", rounds=9)

    assert "| Rendering | Copying | at most 2x | 1.50x | met | By hand. |" in text
    assert "| Clients | 1 | at most 1 | 3 | MISSED | Counted. |" in text
    assert all(fact in text for fact in ("a machine", "Python 3", "2026-11-22", "9 rounds"))


def test_a_missed_bound_is_said_plainly() -> None:
    met, missed = Result(Rendering([], []), 1.5), Result(Clients(), 3)

    assert summary([met]) == "All 1 bounds are met."
    assert summary([met, missed]) == "1 of 2 bounds are MISSED: Clients."
    assert "MISSED" in line(missed)


def test_every_row_describes_itself_in_one_table_line() -> None:
    rows = list(all_rows())

    texts = [text for row in rows for text in (row.what, row.against, row.how)]
    assert len({row.what for row in rows}) == len(rows) >= 6
    assert all(text and "|" not in text and "\n" not in text for text in texts)


def test_machine_and_versions_are_known() -> None:
    assert "cores" in this_machine()
    assert "pydantic 2" in these_versions()
