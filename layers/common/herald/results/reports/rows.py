"""How a report is stored: one item per row of its batch, in the order of the sheet.

`ReportIndex` leads from a report's id to its row. `FailedIndex` holds the rows that failed and no others, so that five
of a hundred thousand are found at once.
"""

from typing import ClassVar

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from herald.results.problem_json import problem_from_json, problem_to_json
from herald.results.reports.model import DeliveryStatus, Place, RecipientDetails, Report, ReportStatus
from herald.results.typed_json import decode, encode
from herald.storage import Row, TableName
from herald.values.clock import from_text, to_text
from herald.values.search import folded


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
    search = UnicodeAttribute(default="")
    tenant_id = UnicodeAttribute()
    batch_id = UnicodeAttribute()
    row_number = NumberAttribute()
    report_id = UnicodeAttribute()
    name = UnicodeAttribute(default="")
    phone = UnicodeAttribute(default="")
    email = UnicodeAttribute(default="")
    language = UnicodeAttribute(default="")
    password_hash = UnicodeAttribute(default="")
    cells = UnicodeAttribute(default="{}")
    status = UnicodeAttribute()
    problem = JSONAttribute(null=True)
    pdf_key = UnicodeAttribute(default="")
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    delivery_id = UnicodeAttribute(default="")
    delivery_status = UnicodeAttribute(default=DeliveryStatus.NOT_SENT.value)
    delivery_error = UnicodeAttribute(default="")
    accepted_delivery_id = UnicodeAttribute(null=True)
    downloads = NumberAttribute(default=0)
    sealed_password = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=1)
    scheduled_for = UnicodeAttribute(null=True)
    execution = UnicodeAttribute(default="")


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


def row_at(place: Place) -> ReportRow:
    """The row of a place, to be changed without having been read."""
    return ReportRow(report_partition(place.tenant_id, place.batch_id), report_sort(place.row))


def row_of(report: Report) -> ReportRow:
    """A new report as it is stored."""
    return ReportRow(
        report_partition(report.tenant_id, report.batch_id),
        report_sort(report.row),
        report_key=f"{report.tenant_id}#{report.report_id}",
        failed_key=failed_partition(report.tenant_id, report.batch_id)
        if report.status is ReportStatus.FAILED
        else None,
        search=search_text(report.recipient),
        tenant_id=report.tenant_id,
        batch_id=report.batch_id,
        row_number=report.row,
        report_id=report.report_id,
        name=report.recipient.name,
        phone=report.recipient.phone,
        email=report.recipient.email,
        language=report.recipient.language,
        password_hash=report.recipient.password_hash,
        cells=encode(report.values),
        status=report.status.value,
        problem=problem_to_json(report.problem),
        created_at=to_text(report.created_at),
        updated_at=to_text(report.updated_at),
        sealed_password=report.recipient.sealed_password or None,
        revision=report.revision,
        execution=report.execution,
        expires_at=report.retained_until,
    )


def report_of(row: ReportRow) -> Report:
    """The inverse of `row_of`, with everything that has become of the report since."""
    return Report(
        tenant_id=row.tenant_id,
        batch_id=row.batch_id,
        row=int(row.row_number),
        report_id=row.report_id,
        recipient=RecipientDetails(
            row.name, row.phone, row.email, row.language, row.password_hash, row.sealed_password or ""
        ),
        status=ReportStatus(row.status),
        created_at=from_text(row.created_at),
        updated_at=from_text(row.updated_at),
        values=decode(row.cells),
        pdf_key=row.pdf_key,
        problem=problem_from_json(row.problem),
        delivery_id=row.delivery_id,
        delivery_status=DeliveryStatus(row.delivery_status),
        delivery_error=row.delivery_error,
        downloads=int(row.downloads),
        revision=int(row.revision),
        scheduled_for=from_text(row.scheduled_for) if row.scheduled_for else None,
        retained_until=row.expires_at,
        execution=row.execution,
    )
