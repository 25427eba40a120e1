"""Reports in DynamoDB: one item per row of its batch, in the order of the sheet. A chunk of rows is one query.

`ReportIndex` leads from a report's id to its row. `FailedIndex` holds the rows that failed and no others, so that five
of a hundred thousand are found at once.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import and_
from typing import ClassVar

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from herald.errors import NotFound
from herald.results.batches.executions import EVERY_ROW, WaitingRow
from herald.results.batches.model import BatchProblem, Chunk
from herald.results.reports.model import (
    DeliveryStatus,
    Place,
    RecipientDetails,
    Report,
    ReportFilter,
    ReportsPart,
    ReportStatus,
)
from herald.results.reports.row_values import decode, encode
from herald.storage import EnumAttribute, IntegerAttribute, JsonAttribute, Row, TableName, TimestampAttribute
from herald.values.page import Page, decode_cursor, encode_cursor
from herald.values.search import folded, search_term
from herald.values.sheet import Value

ROWS_LOOKED_AT = 250
"""How many rows one query holds against a filter."""


class RowValuesAttribute(Attribute[Mapping[str, Value]]):
    """A row's values as text (see `herald.results.reports.row_values`)."""

    attr_type = STRING

    def serialize(self, value: Mapping[str, Value]) -> str:
        return encode(value)

    def deserialize(self, value: str) -> dict[str, Value]:
        return decode(value)


class ReportIndex(GlobalSecondaryIndex["ReportRow"]):  # type: ignore[no-untyped-call]  # PynamoDB's own hook
    """From a report's id to its row."""

    class Meta:
        index_name = "ReportIndex"
        projection = KeysOnlyProjection()

    report_key = UnicodeAttribute(hash_key=True)


class FailedIndex(GlobalSecondaryIndex["ReportRow"]):  # type: ignore[no-untyped-call]  # PynamoDB's own hook
    """The failed rows of a batch, in the order of the sheet."""

    class Meta:
        index_name = "FailedIndex"
        projection = AllProjection()

    failed_key = UnicodeAttribute(hash_key=True)
    sort = UnicodeAttribute(range_key=True, attr_name="sk")


class ReportRow(Row):
    """One row of a workbook, on its way to being one person's PDF."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    by_report: ClassVar[ReportIndex] = ReportIndex()
    failed: ClassVar[FailedIndex] = FailedIndex()
    report_key = UnicodeAttribute()
    failed_key = UnicodeAttribute(null=True)
    search = UnicodeAttribute(null=True)
    tenant_id = UnicodeAttribute()
    batch_id = UnicodeAttribute()
    row = IntegerAttribute(attr_name="row_number")
    report_id = UnicodeAttribute()
    name = UnicodeAttribute()
    phone = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    password_hash = UnicodeAttribute(null=True)
    sealed_password = UnicodeAttribute(null=True)
    values = RowValuesAttribute(attr_name="cells", null=True)
    status = EnumAttribute(ReportStatus)
    problem = JsonAttribute[BatchProblem](BatchProblem, null=True)
    pdf_key = UnicodeAttribute(null=True)
    created_at = TimestampAttribute()
    updated_at = TimestampAttribute()
    delivery_id = UnicodeAttribute(null=True)
    delivery_status = EnumAttribute(DeliveryStatus, null=True)
    delivery_error = UnicodeAttribute(null=True)
    accepted_delivery_id = UnicodeAttribute(null=True)
    downloads = IntegerAttribute(null=True)
    revision = IntegerAttribute(null=True)
    scheduled_for = TimestampAttribute(null=True)
    execution = UnicodeAttribute(null=True)
    link_generation = IntegerAttribute(null=True)
    office_failures = IntegerAttribute(null=True)
    texted_phones = JsonAttribute[tuple[str, ...]](tuple[str, ...], null=True)


_LIGHT = [attribute.attr_name for name, attribute in ReportRow.get_attributes().items() if name != "values"]
"""Everything but a row's values, which can be long."""


class ReportStore:
    """Reports, by their place, their id, or what they are."""

    def __init__(self, *, rows_looked_at: int = ROWS_LOOKED_AT) -> None:
        self._rows_looked_at = rows_looked_at

    def put_many(self, reports: Iterable[Report]) -> int:
        """Stores new reports, over what an earlier try at the same workbook left; gives their number."""
        return ReportRow.write_many(row_of(report) for report in reports)

    def chunk(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        """The rows of a chunk, in order, as they are at this moment."""
        rows = ReportRow.query(
            report_partition(tenant_id, batch_id),
            ReportRow.sort.between(report_sort(chunk.first_row), report_sort(chunk.last_row)),
            consistent_read=True,
        )
        return [row.to_entity(Report) for row in rows]

    def pending(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        """The rows of a chunk that wait to be rendered, in order; others may stand between them."""
        rows = ReportRow.query(
            report_partition(tenant_id, batch_id),
            ReportRow.sort.between(report_sort(chunk.first_row), report_sort(chunk.last_row)),
            ReportRow.status == ReportStatus.PENDING,
            consistent_read=True,
        )
        return [row.to_entity(Report) for row in rows]

    def page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's reports in the order of the sheet."""
        after = decode_cursor(cursor) if cursor else "row#"
        rows = ReportRow.query(
            report_partition(tenant_id, batch_id), ReportRow.sort > after, limit=size, consistent_read=True
        )
        items = [row.to_entity(Report) for row in rows]
        return Page(items, encode_cursor(report_sort(items[-1].row)) if len(items) == size else None)

    def failed_page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's failed reports in the order of the sheet, without their values, as of a moment ago."""
        rows = ReportRow.failed.query(
            failed_partition(tenant_id, batch_id),
            ReportRow.sort > decode_cursor(cursor) if cursor else None,
            limit=size,
            attributes_to_get=_LIGHT,
        )
        items = [row.to_entity(Report) for row in rows]
        return Page(items, encode_cursor(report_sort(items[-1].row)) if len(items) == size else None)

    def waiting(self, tenant_id: str, batch_id: str, rows: Chunk = EVERY_ROW) -> Iterator[WaitingRow]:
        """The pending rows of a batch, in order, read as they are asked for."""
        found = ReportRow.query_raw(
            partition=report_partition(tenant_id, batch_id),
            sort_between=(report_sort(rows.first_row), report_sort(rows.last_row)),
            attributes=("row_number", "status", "execution", "revision", "pdf_key"),
        )
        for row in found:
            if row["status"]["S"] == ReportStatus.PENDING.value:
                # The batch's first execution bears the batch's id.
                execution = row.get("execution", {}).get("S") or batch_id
                pdf_key = row.get("pdf_key", {}).get("S", "")
                yield WaitingRow(int(row["row_number"]["N"]), execution, int(row["revision"]["N"]), pdf_key)

    def remove(self, tenant_id: str, batch_id: str, *, at_most: int) -> int:
        """Removes rows of a batch, the first ones first; fewer than ``at_most`` means that none is left.

        Raises:
            Unavailable: the database is busy; what was removed is gone, and doing it again is safe.
        """
        found = ReportRow.query_raw(
            partition=report_partition(tenant_id, batch_id),
            sort_between=(report_sort(EVERY_ROW.first_row), report_sort(EVERY_ROW.last_row)),
            attributes=("pk", "sk"),
        )
        return ReportRow.delete_many((item["pk"]["S"], item["sk"]["S"]) for item in islice(found, at_most))

    def showing(self, tenant_id: str, batch_id: str, pictures: Collection[str]) -> set[str]:
        """Those of some pictures, by name, that a row of the batch shows."""
        found = ReportRow.query_raw(
            partition=report_partition(tenant_id, batch_id),
            sort_between=(report_sort(EVERY_ROW.first_row), report_sort(EVERY_ROW.last_row)),
            attributes=("cells",),
        )
        rows = (item.get("cells", {}).get("S", "") for item in found)
        return {picture for row in rows for picture in pictures if picture in row}

    def part(self, tenant_id: str, batch_id: str, wanted: ReportFilter, *, after: int, size: int) -> ReportsPart:
        """The first reports after a row that a filter lets through, without their values: one query's worth."""
        condition = _condition(wanted)
        after_row = ReportRow.sort > report_sort(after)
        page_size = size if condition is None else self._rows_looked_at
        rows = (
            ReportRow.failed.query(
                failed_partition(tenant_id, batch_id),
                after_row,
                condition,
                page_size=page_size,
                attributes_to_get=_LIGHT,
            )
            if wanted.status is ReportStatus.FAILED
            else ReportRow.query(
                report_partition(tenant_id, batch_id),
                after_row,
                condition,
                page_size=page_size,
                attributes_to_get=_LIGHT,
                consistent_read=True,
            )
        )
        pages = rows.page_iter
        reports = [ReportRow.from_raw_data(item).to_entity(Report) for item in next(pages)["Items"]]
        if len(reports) > size:
            return ReportsPart(reports[:size], reports[size - 1].row)
        last = pages.last_evaluated_key
        return ReportsPart(reports, row_of_sort(last["sk"]["S"]) if last else None)

    def get(self, tenant_id: str, report_id: str) -> Report:
        """A report by its id, or NotFound."""
        found = next(iter(ReportRow.by_report.query(f"{tenant_id}#{report_id}", limit=1)), None)
        row = ReportRow.find(found.partition, found.sort) if found else None
        if row is None:
            raise NotFound("There is no such report.", fields={"report_id": report_id})
        return row.to_entity(Report)

    def at_row(self, tenant_id: str, batch_id: str, row: int) -> Report:
        """A report by its place in its batch, or NotFound."""
        found = ReportRow.find(*report_key(Place(tenant_id, batch_id, row)))
        if found is None:
            raise NotFound("There is no such report.")
        return found.to_entity(Report)

    def at_rows(self, tenant_id: str, batch_id: str, rows: Sequence[int]) -> list[Report]:
        """The reports there are at some places of a batch, at this moment, without their values, in no order."""
        keys = [report_key(Place(tenant_id, batch_id, row)) for row in rows]
        found = ReportRow.batch_get(keys, consistent_read=True, attributes_to_get=_LIGHT) if keys else []
        return [row.to_entity(Report) for row in found]

    def count_download(self, report: Report) -> None:
        """Counts one more opening of the PDF."""
        row_at(report.place).update_if([ReportRow.downloads.add(1)], ReportRow.partition.exists())


def report_partition(tenant_id: str, batch_id: str) -> str:
    """Where a batch's reports stand."""
    return f"{tenant_id}#batch#{batch_id}"


def report_sort(row: int) -> str:
    """The sort key of a row; rows sort as they stand in the sheet."""
    return f"row#{row:07d}"


def row_of_sort(sort: str) -> int:
    """The inverse of `report_sort`."""
    return int(sort.removeprefix("row#"))


def failed_partition(tenant_id: str, batch_id: str) -> str:
    """Where a batch's failed reports stand in `FailedIndex`; a row has it exactly while it is failed."""
    return f"{tenant_id}#{batch_id}"


def search_text(recipient: RecipientDetails) -> str:
    """What a search looks at: name, phone and e-mail, folded."""
    return folded(f"{recipient.name}\n{recipient.phone}\n{recipient.email}")


def report_key(place: Place) -> tuple[str, str]:
    """Where a report stands in the table."""
    return report_partition(place.tenant_id, place.batch_id), report_sort(place.row)


def row_at(place: Place) -> ReportRow:
    """The row of a place, to be changed without having been read."""
    return ReportRow(*report_key(place))


def row_of(report: Report) -> ReportRow:
    """A report as it is stored."""
    has_failed = report.status is ReportStatus.FAILED
    return ReportRow.from_entity(
        report,
        *report_key(report.place),
        report_key=f"{report.tenant_id}#{report.report_id}",
        failed_key=failed_partition(report.tenant_id, report.batch_id) if has_failed else None,
        search=search_text(report.recipient),
        texted_phones=report.texted_phones or None,
    )


def _condition(wanted: ReportFilter) -> Condition | None:
    conditions: list[Condition] = []
    if wanted.status not in (None, ReportStatus.FAILED):  # the failed have an index of their own
        conditions.append(ReportRow.status == wanted.status)
    if wanted.delivery_status is not None:
        conditions.append(ReportRow.delivery_status == wanted.delivery_status)
    if wanted.search:
        conditions.append(ReportRow.search.contains(search_term(wanted.search)))
    return reduce(and_, conditions) if conditions else None
