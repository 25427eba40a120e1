"""Values of a sheet as they are written where no format says how."""

import datetime

import pytest

from herald.values.sheet import FormattableValue, bare_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (5.430000000000001, "5.43"),
        (0.00001, "0.00001"),
        (1240.0, "1240"),
        (-0.0, "0"),
        (123_456_789_012_345, "123456789012345"),
        (1e25, "1E+25"),
        (datetime.date(2026, 3, 9), "2026-03-09"),
        (datetime.datetime.fromisoformat("2026-03-09T15:05"), "2026-03-09 15:05"),
        (datetime.time(9, 30), "09:30:00"),
    ],
)
def test_a_value_is_written_as_plainly_as_it_can_be(value: FormattableValue, text: str) -> None:
    assert bare_text(value) == text
