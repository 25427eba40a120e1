"""What Excel shows for a value under the number format of its cell."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.adapters.spreadsheet.number_formats import shown_duration, shown_value
from herald.values.sheet import FormattableValue

MARCH_15 = datetime.date(1985, 3, 15)
AFTERNOON = datetime.datetime.fromisoformat("2026-03-09T15:05:07")
ACCOUNTING = '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("number", "number_format", "shown"),
    [
        (1240.5, "#,##0.00", "1,240.50"),
        (1240.5, "0", "1241"),
        (2.5, "0", "3"),
        (0.125, "0%", "13%"),
        (0.125, "0.0%", "12.5%"),
        (712, "00000", "00712"),
        (41.555, "0.00", "41.56"),
        (5.43, "0.0##", "5.43"),
        (5, "0.0##", "5.0"),
        (-5.5, "0.00", "-5.50"),
        (-0.001, "0.00", "0.00"),
        (-5, "#,##0_);(#,##0)", "(5)"),
        (-5, "#,##0_);[Red](#,##0)", "(5)"),
        (0, '0;-0;"none"', "none"),
        (3, ";;;", ""),
        (1_234_567, "#,##0,", "1,235"),
        (1_234_567, '0.0,,"M"', "1.2M"),
        (1240.5, "[$€-407] #,##0.00", "€ 1,240.50"),
        (1240.5, "#,##0.00 [$KSh-441]", "1,240.50 KSh"),
        (1240.5, ACCOUNTING, "$1,240.50"),
        (-1240.5, ACCOUNTING, "$(1,240.50)"),
        (0, ACCOUNTING, "$-"),
        (5.4, '0.0" mmol/L"', "5.4 mmol/L"),
        (5, 'General" kg"', "5 kg"),
        (4_155_550_123, "(000) 000-0000", "(415) 555-0123"),
        (123_456_789, "000-00-0000", "123-45-6789"),
        (5.25, "# ?/?", "5 1/4"),
        (5.5, "# ?/8", "5 4/8"),
        (0.3333, "# ??/??", "1/3"),
        (4.999, "# ?/?", "5"),
        (2.25, "?/?", "9/4"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (0.00012, "0.00E+00", "1.20E-04"),
        (9.999, "0.0E+0", "1.0E+1"),
        (12_345_678, "##0.0E+0", "12.3E+6"),
    ],
)
def test_a_number_is_shown_after_its_format(number: float, number_format: str, shown: str) -> None:
    assert shown_value(number, number_format) == shown


@pytest.mark.parametrize(
    ("moment", "number_format", "shown"),
    [
        (MARCH_15, "dd/mm/yyyy", "15/03/1985"),
        (MARCH_15, "d-mmm-yy", "15-Mar-85"),
        (MARCH_15, "dddd, d mmmm yyyy", "Friday, 15 March 1985"),
        (MARCH_15, "mmmmm", "M"),
        (MARCH_15, "[$-409]d\\-mmm\\-yyyy;@", "15-Mar-1985"),
        (MARCH_15, "[$-40A]dd/mm/yyyy", "15/03/1985"),
        (AFTERNOON, "d/m/yy h:mm", "9/3/26 15:05"),
        (AFTERNOON, "h:mm AM/PM", "3:05 PM"),
        (AFTERNOON, "hh:mm:ss.00", "15:05:07.00"),
        (datetime.time(9, 30, 5), "mm:ss", "30:05"),
    ],
)
def test_a_date_or_time_is_shown_after_its_format(moment: FormattableValue, number_format: str, shown: str) -> None:
    assert shown_value(moment, number_format) == shown


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        (5, "General"),
        (5, "@"),
        (5, "[<10]0.0;0"),
        (5, "[DBNum1]0"),
        (5, "YES"),
        (5, "0" * 300),
        (1e300, "#,##0.00"),
        (MARCH_15, "mm-dd-yy"),
        (MARCH_15, "[$-F800]dddd, mmmm dd, yyyy"),
        (MARCH_15, '[$-40A]d "de" mmmm'),
        (MARCH_15, "0.00"),
        (datetime.time(9, 30), "dd/mm/yyyy"),
    ],
)
def test_of_a_format_that_is_not_supported_the_bare_value_is_left(value: FormattableValue, number_format: str) -> None:
    assert shown_value(value, number_format) is None


def test_a_duration_counts_on_beyond_a_day_between_brackets() -> None:
    duration = datetime.timedelta(hours=26, minutes=30, seconds=5)
    shown = [shown_duration(duration, number_format) for number_format in ("[h]:mm", "[mm]:ss", "h:mm", "[y]")]
    assert shown == ["26:30", "1590:05", "2:30", None]


@given(some.floats(allow_nan=False, allow_infinity=False), some.text('0#?.,%/E+-@;[]"\\_*dmyhs AMP$x<1', max_size=20))
def test_no_format_does_harm(number: float, number_format: str) -> None:
    shown = shown_value(number, number_format)
    assert shown is None or len(shown) < 400
