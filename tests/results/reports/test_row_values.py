"""Values of a row survive being stored."""

import datetime

from hypothesis import given
from hypothesis import strategies as some

from herald.results.reports.row_values import decode, encode
from herald.values.sheet import CellText, Value

CELLS: some.SearchStrategy[CellText] = (
    some.none()
    | some.text(some.characters(exclude_categories=["Cs"]))
    | some.integers(-(2**63), 2**63 - 1)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.booleans()
    | some.dates()
    | some.datetimes()
    | some.times()
)
NAMES = some.sampled_from(["name", "date", "datetime", "time", "value", "ünit"])
ROWS = some.dictionaries(NAMES, CELLS | some.lists(some.dictionaries(NAMES, CELLS, max_size=3), max_size=3))


@given(values=ROWS)
def test_a_row_is_read_back_as_it_was(values: dict[str, Value]) -> None:
    assert decode(encode(values)) == values


@given(values=ROWS)
def test_equal_rows_give_equal_text_whatever_the_order_of_their_columns(values: dict[str, Value]) -> None:
    assert encode(dict(reversed(values.items()))) == encode(values)


def test_a_date_and_midnight_of_that_day_stay_apart() -> None:
    day = datetime.date(2026, 1, 25)
    midnight = datetime.datetime(2026, 1, 25)  # noqa: DTZ001 - a workbook knows no time zones

    values = decode(encode({"day": day, "midnight": midnight}))

    assert [type(values["day"]), type(values["midnight"])] == [datetime.date, datetime.datetime]
