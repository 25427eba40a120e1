"""Attempts to sign in, counted in DynamoDB, beside the counters of requests. Moments are whole seconds."""

from datetime import datetime, timedelta

from herald.identity.lockout.model import (
    ATTEMPTS_BEFORE_LOCKING,
    FORGOTTEN_AFTER,
    LOCKED_FOR,
    TooManyAttempts,
)
from herald.storage import EpochAttribute, IntegerAttribute, Row, TableName


class AttemptRow(Row):
    """How often a subject was tried; goes by itself."""

    class Meta:
        table_name = TableName(lambda settings: settings.admissions_table)

    attempts = IntegerAttribute(null=True, attr_name="tries")
    wait_until = EpochAttribute(null=True)


class AttemptStore:
    """Attempts, counted by subject."""

    def count(self, subject: str, *, now: datetime) -> int:
        """Counts one attempt and gives how many there were.

        Raises:
            TooManyAttempts: there were too many, and their time is not over.
        """
        row = _row(subject)
        is_few = AttemptRow.attempts.does_not_exist() | (AttemptRow.attempts < ATTEMPTS_BEFORE_LOCKING)
        is_free = AttemptRow.wait_until.does_not_exist() | (AttemptRow.wait_until <= now)
        counted = [AttemptRow.attempts.add(1), AttemptRow.expires_at.set(now + FORGOTTEN_AFTER)]
        refused = row.update_or_find(counted, is_few & is_free)
        if refused is None:
            return row.attempts
        until = _end_of_wait(refused, now)
        if until > now:
            raise TooManyAttempts(until - now)
        return self._begin_anew(subject, now)

    def wait(self, subject: str, *, until: datetime) -> None:
        """Refuses the subject's attempts until then; never for a shorter time than was set before."""
        is_longer = AttemptRow.wait_until.does_not_exist() | (AttemptRow.wait_until < until)
        _row(subject).update_if([AttemptRow.wait_until.set(until)], AttemptRow.partition.exists() & is_longer)

    def forget(self, subject: str) -> None:
        """Starts the count anew."""
        _row(subject).delete()

    def uncount(self, subject: str, *, now: datetime) -> None:
        """Uncounts one attempt, and the wait that came with it; harmless where the count began anew meanwhile."""
        _row(subject).update_if([AttemptRow.attempts.add(-1), AttemptRow.wait_until.set(now)], AttemptRow.attempts > 0)

    def _begin_anew(self, subject: str, now: datetime) -> int:
        """The first attempt after a lock; of several who come at once, one is let through."""
        actions = [
            AttemptRow.attempts.set(1),
            AttemptRow.expires_at.set(now + FORGOTTEN_AFTER),
            AttemptRow.wait_until.remove(),
        ]
        is_over = AttemptRow.expires_at <= now + FORGOTTEN_AFTER - LOCKED_FOR
        if not _row(subject).update_if(actions, (AttemptRow.attempts >= ATTEMPTS_BEFORE_LOCKING) & is_over):
            raise TooManyAttempts(timedelta(seconds=1))
        return 1


def _end_of_wait(row: AttemptRow, now: datetime) -> datetime:
    """When the next attempt may be; a lock counts from its last one, as the write of its wait may have got lost."""
    ends = [row.wait_until]
    if row.attempts >= ATTEMPTS_BEFORE_LOCKING:
        ends.append(row.expires_at - FORGOTTEN_AFTER + LOCKED_FOR)
    return max(filter(None, ends), default=now)


def _row(subject: str) -> AttemptRow:
    return AttemptRow(subject, "tries")
