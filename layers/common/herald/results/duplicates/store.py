"""The phone index in DynamoDB: what would go to one phone twice is found by one query, however large its batch.

It stands in items of the batch's own partition: one for each block of rows and each of 64 parts of the phones, by the
first character of their marks.
A row is an attribute of such an item, by its number, so that corrections of different rows write beside each other
without knowing of each other. The arithmetic is in docs/decisions/0021-phone-index.md.
"""

from collections.abc import Iterable, Iterator, Mapping

from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from herald.results.batches.model import Batch
from herald.results.duplicates.model import MARK_LENGTH, Entry, entries_of, phone_mark
from herald.results.reports.model import Report
from herald.results.reports.store import report_partition
from herald.storage import AttributeValue, Row, TableName
from herald.values.clock import epoch_seconds

_ROWS_PER_BLOCK = 5000
"""All of them may be for one phone: their item then has 140 KB, of the 400 KB that DynamoDB allows."""
_FIRST, _AFTER_LAST = "phones#", "phones$"
"""``$`` is the next character after ``#``."""
_PAST_TEXT = ":"


class PhoneIndexRow(Row):
    """Some rows of a batch; its entries are attributes of their own, which have no fixed names."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)


class PhoneIndex:
    """Which rows of a batch are for which phone, as it is at this moment."""

    def put_many(self, batch: Batch, entries: Iterable[Entry]) -> int:
        """Stores what is known of new rows; gives the number of items."""
        items: dict[str, dict[str, AttributeValue]] = {}
        partition = report_partition(batch.tenant_id, batch.batch_id)
        for entry in entries:
            sort, name, text = _written(entry)
            item = items.setdefault(sort, {"pk": {"S": partition}, "sk": {"S": sort}})
            item["expires_at"] = {"N": str(epoch_seconds(batch.retained_until))}
            item[name] = {"S": text}
        return PhoneIndexRow.write_raw(items.values())

    def at_phone(self, report: Report, phone: str) -> list[Entry]:
        """What there is at a phone (E.164) in a report's batch, its own row included."""
        mark = phone_mark(report.batch_id, phone)
        part = f"{_FIRST}{mark[0]}"
        items = PhoneIndexRow.query_raw(
            partition=report_partition(report.tenant_id, report.batch_id), sort_between=(f"{part}#", f"{part}$")
        )
        return [entry for entry in _entries(items) if entry.phone == mark]

    def entries(self, batch: Batch) -> Iterator[Entry]:
        """All there is of a batch: three megabytes of a hundred thousand rows."""
        partition = report_partition(batch.tenant_id, batch.batch_id)
        return _entries(PhoneIndexRow.query_raw(partition=partition, sort_between=(_FIRST, _AFTER_LAST)))

    def remove(self, batch: Batch) -> None:
        """Forgets a batch; harmless where nothing is known of it.

        Raises:
            Unavailable: the database is busy; doing it again is safe.
        """
        partition = report_partition(batch.tenant_id, batch.batch_id)
        found = PhoneIndexRow.query_raw(
            partition=partition, sort_between=(_FIRST, _AFTER_LAST), attributes=("pk", "sk")
        )
        PhoneIndexRow.delete_many((item["pk"]["S"], item["sk"]["S"]) for item in found)


def index_changes(before: Report, after: Report | None) -> list[tuple[PhoneIndexRow, list[Action]]]:
    """What is to be written in the transaction that changes a report, or deletes it; nothing where all stays alike."""
    old = {(sort, name): text for sort, name, text in map(_written, entries_of(before))}
    new = {(sort, name): text for sort, name, text in map(_written, entries_of(after) if after else [])}
    actions: dict[str, list[Action]] = {}
    for sort, name in sorted(old.keys() - new.keys()):
        actions.setdefault(sort, []).append(Path([name]).remove())
    for (sort, name), text in new.items():
        if old.get((sort, name)) != text:
            actions.setdefault(sort, []).append(Path([name]).set(text))
    partition = report_partition(before.tenant_id, before.batch_id)
    lifetime = [PhoneIndexRow.expires_at.set(before.expires_at)] if before.expires_at else []
    return [(PhoneIndexRow(partition, sort), [*changes, *lifetime]) for sort, changes in actions.items()]


def _written(entry: Entry) -> tuple[str, str, str]:
    """The sort key of an entry's item, the name of its attribute, and that attribute's text."""
    sort = f"{_FIRST}{entry.phone[0]}#{entry.row // _ROWS_PER_BLOCK:04d}"
    name = f"{entry.row}{_PAST_TEXT}{entry.phone}" if entry.is_past_text else str(entry.row)
    return sort, name, f"{entry.phone}{entry.content}"


def _entries(items: Iterable[Mapping[str, AttributeValue]]) -> Iterator[Entry]:
    for item in items:
        for name, value in item.items():
            row = name.partition(_PAST_TEXT)[0]
            if row.isdigit():
                yield Entry(int(row), value["S"][:MARK_LENGTH], value["S"][MARK_LENGTH:])
