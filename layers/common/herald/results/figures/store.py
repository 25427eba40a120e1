"""Figures in DynamoDB: ``{tenant}#figures``, one item for the whole tenant and one for each partition followed.

A sum is an attribute of its own, so that it is added to and never read before; which there are, only the items know.
"""

from datetime import UTC, datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from herald.results.figures.bookkeeping import Entry
from herald.results.figures.model import Figures
from herald.storage import AttributeValue, Row, TableName, dynamodb_client
from herald.storage.transitional import refused_by, write_together
from herald.values.clock import from_text, to_text

_WHOLE_TENANT = "total"
_SUM = "n."
"""What the name of a sum begins with, beside the attributes that every item has."""


class FiguresRow(Row):
    """Sums, beside what is declared here; ``last_sequence`` is text, for it may have more digits than numbers here."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    updated_at = UnicodeAttribute(null=True)
    last_sequence = UnicodeAttribute(null=True)


class FiguresStore:
    """Figures over DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = table

    def of_tenant(self, tenant_id: str) -> Figures:
        """The sums of a tenant; all nought before its first."""
        return _figures(self._item(tenant_id, _WHOLE_TENANT))

    def of_batch(self, tenant_id: str, batch_id: str) -> Figures:
        """The sums of a batch; all nought before its workbook is read."""
        return _figures(self._item(tenant_id, f"batch#{batch_id}"))

    def followed_to(self, tenant_id: str, source: str) -> int:
        """The number of the last change of a partition that its figures hold; 0 before the first."""
        item = self._item(tenant_id, source, consistent=True)
        return int(item["last_sequence"]["S"]) if item else 0

    def enter(self, entry: Entry) -> bool:
        """Alters the sums of a partition and of its tenant at once; False as `Ledger` says."""
        actions: list[Action] = [
            FiguresRow.updated_at.set(to_text(entry.at)),
            *(Path([_SUM + name]).add(count) for name, count in entry.difference.items()),
        ]
        position: list[Action] = [FiguresRow.last_sequence.set(str(entry.sequence))]
        if entry.forget_at is not None:
            position.append(FiguresRow.expires_at.set(datetime.fromtimestamp(entry.forget_at, UTC)))
        unmoved = FiguresRow.last_sequence == str(entry.follows)

        def compose(writes: TransactWrite) -> None:
            writes.update(
                _row(entry.tenant_id, entry.source),
                actions=[*actions, *position],
                condition=unmoved if entry.follows else FiguresRow.last_sequence.does_not_exist(),
            )
            writes.update(_row(entry.tenant_id, _WHOLE_TENANT), actions=actions)

        try:
            write_together(compose)
        except TransactWriteError as error:
            if not refused_by(error):
                raise
            return False
        return True

    def _item(self, tenant_id: str, sort: str, *, consistent: bool = False) -> AttributeValue:
        answer = dynamodb_client().get_item(
            TableName=self._table,
            Key={"pk": {"S": _partition(tenant_id)}, "sk": {"S": sort}},
            ConsistentRead=consistent,
        )
        return answer.get("Item", {})


def _partition(tenant_id: str) -> str:
    return f"{tenant_id}#figures"


def _row(tenant_id: str, sort: str) -> FiguresRow:
    return FiguresRow(_partition(tenant_id), sort)


def _figures(item: AttributeValue) -> Figures:
    counts = {name.removeprefix(_SUM): int(value["N"]) for name, value in item.items() if name.startswith(_SUM)}
    return Figures(counts, from_text(item["updated_at"]["S"]) if item else None)
