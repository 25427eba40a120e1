"""A clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Called, it tells its time; a test moves it on."""

    def __init__(self, now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present moment, as far as the test is concerned."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Moves the clock, also backwards."""
        self.now += timedelta(seconds=seconds)
