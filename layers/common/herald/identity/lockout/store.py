"""Tries to sign in, counted in DynamoDB beside the counters of requests; known networks, beside the person.

Every item goes by itself. A try is one conditional write at each of its counters.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from pynamodb.expressions.condition import Condition

from herald.identity.lockout.model import (
    KNOWN_FOR_SECONDS,
    Counter,
    KnownNetwork,
    KnownNetworks,
    TooManyAttempts,
    Tries,
)
from herald.identity.store import IdentityRow, person_partition
from herald.storage import IntegerAttribute, JsonAttribute, Row, TableName

_MOST_LATE = 20
"""How often a try may find that another one was counted at the same moment, before it is told to come again."""


class TriesRow(Row):
    """What was tried of late at one counter."""

    class Meta:
        table_name = TableName(lambda settings: settings.admissions_table)

    last = IntegerAttribute(attr_name="last_try")
    forgotten_at = IntegerAttribute()


class KnownNetworksRow(IdentityRow):
    """Where somebody signed in from."""

    networks = JsonAttribute[tuple[KnownNetwork, ...]](tuple[KnownNetwork, ...])
    cleared_at = IntegerAttribute()


class TriesStore:
    """Tries, by the subject of their counter."""

    def find(self, subjects: Sequence[str]) -> dict[str, Tries]:
        """The tries of these subjects that have any; perhaps not yet those of this moment."""
        rows = TriesRow.read_many([_key(subject) for subject in subjects])
        return {row.partition: row.to_entity(Tries) for row in rows}

    def count(self, counter: Counter, before: Tries | None, now: int, *, cleared_at: int = 0) -> int:
        """Counts a try, and gives how many there are now.

        Args:
            counter: where, and by which rule.
            before: the tries that were found there; where others were counted since, these count.
            now: in epoch seconds.
            cleared_at: what was tried until then is void.

        Raises:
            TooManyAttempts: with the seconds to wait.
        """
        for _ in range(_MOST_LATE):
            if wait := counter.wait(before, now, cleared_at=cleared_at):
                raise TooManyAttempts(wait)
            tries = counter.rule.counted(before if before and before.last > cleared_at else None, now)
            actions = [
                TriesRow.last.set(tries.last),
                TriesRow.forgotten_at.set(tries.forgotten_at),
                TriesRow.expires_at.set(_moment(tries.forgotten_at)),
            ]
            refused = TriesRow(*_key(counter.subject)).update_or_find(actions, _is_still(before))
            if refused is None:
                return counter.rule.number(tries, now)
            before = refused.to_entity(Tries) if refused.attribute_values else None
        raise TooManyAttempts(1)

    def uncount(self, counter: Counter) -> None:
        """One try less; harmless where they are forgotten."""
        TriesRow(*_key(counter.subject)).update_if(
            [TriesRow.forgotten_at.add(-counter.rule.remembered_seconds)], TriesRow.partition.exists()
        )

    def forget(self, subject: str) -> None:
        """None at all any more."""
        TriesRow(*_key(subject)).delete()


class KnownNetworkStore:
    """Known networks, by person."""

    def of_person(self, person_id: str) -> KnownNetworks:
        row = KnownNetworksRow.find(*_key_of_person(person_id))
        return row.to_entity(KnownNetworks) if row else KnownNetworks()

    def replace(self, person_id: str, before: KnownNetworks, after: KnownNetworks, now: int) -> bool:
        """Stores them; False where they were changed meanwhile."""
        row = KnownNetworksRow.from_entity(
            after, *_key_of_person(person_id), expires_at=_moment(now + KNOWN_FOR_SECONDS)
        )
        if before == KnownNetworks():
            return row.save_if(KnownNetworksRow.partition.does_not_exist())
        return row.save_if(
            (KnownNetworksRow.networks == before.networks) & (KnownNetworksRow.cleared_at == before.cleared_at)
        )


def _is_still(tries: Tries | None) -> Condition:
    if tries is None:
        return TriesRow.partition.does_not_exist()
    is_still: Condition = (TriesRow.last == tries.last) & (TriesRow.forgotten_at == tries.forgotten_at)
    return is_still


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _key(subject: str) -> tuple[str, str]:
    return subject, "tries"


def _key_of_person(person_id: str) -> tuple[str, str]:
    return person_partition(person_id), "known-networks"
