from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.values.clock import epoch_seconds, from_text, to_text, utc_now

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1), timezones=ZONES)  # noqa: DTZ001 - given zones above


def test_now_knows_that_it_is_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)


def test_a_moment_is_written_in_utc_with_milliseconds() -> None:
    moment = datetime(2026, 1, 25, 19, 45, 0, 1_999, tzinfo=timezone(timedelta(hours=3)))

    assert to_text(moment) == "2026-01-25T16:45:00.001Z"


@given(MOMENTS)
def test_a_written_moment_reads_as_the_same_millisecond(moment: datetime) -> None:
    again = from_text(to_text(moment))

    assert again.utcoffset() == timedelta(0)
    assert timedelta(0) <= moment - again < timedelta(milliseconds=1)


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_their_moments_do(one: datetime, other: datetime) -> None:
    assert (to_text(one) <= to_text(other)) or one > other


@pytest.mark.parametrize(
    "text", ["2026-01-25T16:45:00Z", "2026-01-25T16:45:00.000Z", "2026-01-25T19:45:00+03:00", "2026-01-25 16:45:00Z"]
)
def test_any_zone_is_understood(text: str) -> None:
    assert from_text(text) == datetime(2026, 1, 25, 16, 45, tzinfo=UTC)


def test_epoch_seconds_are_whole() -> None:
    assert epoch_seconds(datetime(1970, 1, 1, 0, 1, 0, 999_999, tzinfo=UTC)) == 60


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        from_text("2026-01-25T16:45:00")
