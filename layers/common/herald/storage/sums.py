"""Sums that are kept from a table's own stream: every change counts once, however often the stream tells it.

What is written to one partition is told in order, under numbers that grow. Each partition's sums remember the number of
the last change that they hold; whatever is told again has a number up to that one. Sums and number change in one
transaction, and only if the number is still the one that the sums were worked out from.

Sums stand in ``{tenant}#figures``, one item for the whole tenant and one for each partition followed. A sum is an
attribute of its own, so that it is added to and never read before; which there are, only the items know. Sums of which
there may be any number have an item each, of the whole tenant alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from herald.errors import Unavailable
from herald.runtime.document_shapes import dynamodb_client
from herald.storage.attributes import TimestampAttribute
from herald.storage.bulk import AttributeValue
from herald.storage.row import Row
from herald.storage.transaction import Transaction, TransactionRefused
from herald.values.clock import from_text
from herald.values.sums import Effect, Increment

WHOLE_TENANT: Final = "total"
KEPT_AFTER_ITEMS: Final = timedelta(days=30)
"""A partition's sums outlive its items by far more than the day for which the stream may still tell of those."""
_SUM: Final = "n."
"""What the name of a sum begins with, beside the attributes that every item has."""
_TRIES: Final = 5
_MOST_APART: Final = 98
"""Items of one transaction, beside those of the partition and its tenant; DynamoDB's limit is a hundred."""
_APART: Final = "apart"


class SumRow(Row):
    """Sums, beside what is declared here; ``last_sequence`` is text, for it may have more digits than numbers here."""

    updated_at = TimestampAttribute(null=True)
    last_sequence = UnicodeAttribute(null=True)


class SumStore:
    """The sums of tenants and of their partitions, and how far their stream is counted."""

    def __init__(self, row: type[SumRow]) -> None:
        self._row = row

    def read(self, tenant_id: str, source: str = WHOLE_TENANT) -> tuple[dict[str, int], datetime | None]:
        """The sums by their names, and when they last changed; none before the first."""
        item = self._item(tenant_id, source)
        counts = {name.removeprefix(_SUM): int(value["N"]) for name, value in item.items() if name.startswith(_SUM)}
        return counts, from_text(item["updated_at"]["S"]) if item else None

    def read_apart(self, tenant_id: str, name: str) -> int:
        """One of the sums that have an item each; nought before it was ever added to."""
        item = self._item(tenant_id, name)
        return int(item[_SUM + _APART]["N"]) if item else 0

    def count(self, effects: Iterable[Effect], *, at: datetime) -> int:
        """Counts what was not counted before; gives the number of partitions whose sums changed.

        Raises:
            Unavailable: the sums stay contended; the same changes may be told again.
        """
        by_partition: dict[tuple[str, str], list[Effect]] = {}
        for effect in effects:
            by_partition.setdefault((effect.tenant_id, effect.source), []).append(effect)
        return sum(self._count_partition(*key, told, at) for key, told in by_partition.items())

    def _count_partition(self, tenant_id: str, source: str, told: Sequence[Effect], at: datetime) -> bool:
        in_order = sorted(told, key=lambda effect: effect.sequence)
        has_counted, failures = False, 0
        while failures < _TRIES:
            position = self.position(tenant_id, source)
            fresh = [effect for effect in in_order if effect.sequence > position and not effect.is_nothing]
            if not fresh:
                return has_counted
            if self.add(_increment(_portion(fresh), position=position, at=at)):
                has_counted = True
            else:
                failures += 1
        raise Unavailable("Somebody else follows the same changes.", code="database_busy")

    def position(self, tenant_id: str, source: str) -> int:
        """The number of the last change of a partition that its sums hold; 0 before the first."""
        item = self._item(tenant_id, source, consistent=True)
        return int(item["last_sequence"]["S"]) if item else 0

    def add(self, increment: Increment) -> bool:
        """Alters the sums of a partition and of its tenant, both or none; False where the position is another by now.

        Raises:
            Unavailable: the sums stay contended.
        """
        row = self._row
        actions: list[Action] = [
            row.updated_at.set(increment.at),
            *(Path([_SUM + name]).add(count) for name, count in increment.difference.items()),
        ]
        position: list[Action] = [row.last_sequence.set(str(increment.new_position))]
        if increment.expires_at is not None:
            position.append(row.expires_at.set(increment.expires_at))
        unmoved = (
            row.last_sequence == str(increment.position) if increment.position else row.last_sequence.does_not_exist()
        )
        try:
            with Transaction() as writes:
                writes.update(
                    row(_partition(increment.tenant_id), increment.source), [*actions, *position], condition=unmoved
                )
                writes.update(row(_partition(increment.tenant_id), WHOLE_TENANT), actions)
                for name, count in increment.apart.items():
                    writes.update(row(_partition(increment.tenant_id), name), [Path([_SUM + _APART]).add(count)])
        except TransactionRefused:
            return False
        return True

    def _item(self, tenant_id: str, source: str, *, consistent: bool = False) -> Mapping[str, AttributeValue]:
        answer = dynamodb_client().get_item(
            TableName=self._row.table(),
            Key={"pk": {"S": _partition(tenant_id)}, "sk": {"S": source}},
            ConsistentRead=consistent,
        )
        return answer.get("Item", {})


def _portion(fresh: Sequence[Effect]) -> list[Effect]:
    """The first effects that fit into one transaction."""
    portion, apart = list[Effect](), set[str]()
    for effect in fresh:
        apart |= effect.apart.keys()
        if portion and len(apart) > _MOST_APART:
            break
        portion.append(effect)
    return portion


def _increment(fresh: Sequence[Effect], *, position: int, at: datetime) -> Increment:
    once = {effect.sequence: effect for effect in fresh}
    sums, apart = Counter[str](), Counter[str]()
    for effect in once.values():
        sums.update(effect.difference)
        apart.update(effect.apart)
    ends = [effect.expires_at for effect in fresh if effect.expires_at is not None]
    return Increment(
        tenant_id=fresh[0].tenant_id,
        source=fresh[0].source,
        difference={name: count for name, count in sums.items() if count},
        position=position,
        new_position=max(once),
        at=at,
        expires_at=max(ends) + KEPT_AFTER_ITEMS if ends else None,
        apart={name: count for name, count in apart.items() if count},
    )


def _partition(tenant_id: str) -> str:
    return f"{tenant_id}#figures"
