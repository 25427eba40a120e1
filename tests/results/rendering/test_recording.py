"""What was rendered counts for the row that it was made of, and nothing stays that nobody is led to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from herald.adapters.aws.client import aws_client
from herald.adapters.aws.objects import ObjectStore
from herald.errors import NotFound
from herald.results.batches.model import Batch, BatchProblem, Chunk
from herald.results.batches.store import BatchRow, batches_partition
from herald.results.rendering.model import Rendered
from herald.results.rendering.recording import lifecycle_days, pdf_key
from herald.results.rendering.store import OutcomeStore
from herald.results.reports.model import Report, ReportStatus
from herald.results.reports.store import row_at
from tests.support.rendering import (
    CHUNK,
    batch_of,
    change,
    counts,
    mark_deleted,
    rendering,
    statuses,
    stored_pdfs,
)
from tests.support.results import (
    PASSWORDS,
    TENANT,
    FakeConverter,
    add_batch,
    all_reports,
    current,
    documents,
    fill_batch,
    row_of,
)

PDF = "application/pdf"


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    """Two rows that wait to be rendered."""
    return batch_of(["Zoë", "Ana"])


class Meddling(OutcomeStore):
    """Does something to the rows at the last moment before they are recorded."""

    def __init__(self, meddle: "list[Report] | Batch") -> None:
        self._meddle = meddle

    def record(self, tenant_id: str, batch_id: str, outcomes: Sequence[Rendered], *, now: datetime) -> list[Rendered]:
        if isinstance(self._meddle, Batch):
            mark_deleted(self._meddle)
        else:
            for report in self._meddle:
                change(report, revision=2)
        return super().record(tenant_id, batch_id, outcomes, now=now)


# ---------------------------------------------------------------- rows that change, batches that go


def test_a_row_that_was_changed_while_it_was_rendered_waits_for_its_own_rendering(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë", "Ana", "Bo"])
    changed = row_of(batch, 3)

    recorded = rendering(converter, outcomes=Meddling([changed])).render(TENANT, batch.batch_id, CHUNK)

    assert [outcome.row for outcome in recorded] == [2, 4]
    assert statuses(batch) == [ReportStatus.READY, ReportStatus.PENDING, ReportStatus.READY]
    assert counts(batch) == (3, 2, 0)
    assert len(stored_pdfs(batch)) == 2


def test_a_row_that_was_deleted_while_it_was_rendered_leaves_no_pdf(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë", "Ana"])

    class Deleting(OutcomeStore):
        def record(self, tenant_id: str, batch_id: str, *args: Sequence[Rendered], now: datetime) -> list[Rendered]:
            row_at(row_of(batch, 2).place).delete()
            return super().record(tenant_id, batch_id, *args, now=now)

    rendering(converter, outcomes=Deleting()).render(TENANT, batch.batch_id, CHUNK)

    assert statuses(batch) == [ReportStatus.READY]
    assert len(stored_pdfs(batch)) == 1


def test_a_row_rendered_again_leaves_one_pdf_and_forgets_why_it_failed(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë"])
    rendering(converter).render(TENANT, batch.batch_id, CHUNK)
    first = current(row_of(batch, 2))
    again = row_at(first.place)
    again.refresh()
    again.status, again.revision = ReportStatus.PENDING, 2
    again.problem = BatchProblem("old", "It failed once.", 2)
    again.save()

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    second = current(first)
    assert (second.status, second.problem) == (ReportStatus.READY, None)
    assert second.pdf_key != first.pdf_key
    assert stored_pdfs(batch) == [second.pdf_key]


def test_a_batch_that_is_deleted_meanwhile_is_rendered_no_further_and_keeps_no_pdf(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of([f"Person {row}" for row in range(100)])

    recorded = rendering(converter, outcomes=Meddling(batch)).render(TENANT, batch.batch_id, Chunk(2, 101))

    assert recorded == []
    assert len(converter.printed) <= 50
    assert stored_pdfs(batch) == []
    assert set(statuses(batch)) == {ReportStatus.PENDING}


def test_a_deleted_batch_is_not_rendered_at_all(batch: Batch, converter: FakeConverter) -> None:
    mark_deleted(batch)

    assert rendering(converter).render(TENANT, batch.batch_id, CHUNK) == []
    assert converter.conversions == []


def test_a_batch_that_is_gone_is_not_rendered_at_all(results_cloud: None, converter: FakeConverter) -> None:
    assert rendering(converter).render(TENANT, "nowhere", CHUNK) == []


class GoneBucket(ObjectStore):
    """Nothing can be stored in it."""

    def put_once(self, *_: object, **__: object) -> bool:
        raise NotFound("The bucket is gone.")


def test_a_failed_recording_is_not_taken_for_a_stored_one(batch: Batch, converter: FakeConverter) -> None:
    with pytest.raises(NotFound):
        rendering(converter, files=GoneBucket("gone")).render(TENANT, batch.batch_id, CHUNK)
    assert counts(batch) == (2, 0, 0)


# ---------------------------------------------------------------- the PDFs


def test_a_pdfs_key_depends_on_what_it_was_made_of(batch: Batch) -> None:
    first, second = (row_of(batch, 2, name=name) for name in ("Zoë", "Ana"))

    assert pdf_key(batch, first) == pdf_key(batch, row_of(batch, 2, name="Zoë", password="other"))
    others = [(batch, second), (batch, replace(first, revision=2)), (replace(batch, protect_pdf=True), first)]
    assert len({pdf_key(batch, first), *(pdf_key(*other) for other in others)}) == 4
    assert pdf_key(batch, first).startswith(f"{TENANT}/{batch.batch_id}/")


def test_a_pdf_says_how_long_it_is_kept(results_cloud: None, converter: FakeConverter) -> None:
    batch = batch_of(["Zoë"])
    row = BatchRow(batches_partition(TENANT), batch.batch_id)
    row.update(actions=[BatchRow.retention_days.set(30)])

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    [key] = stored_pdfs(batch)
    tags = aws_client("s3").get_object_tagging(Bucket="documents-bucket", Key=key)["TagSet"]
    assert tags == [{"Key": "retention", "Value": "30"}]


@pytest.mark.parametrize(
    ("kept", "age", "days"), [(365, 0, 365), (365, 0.5, 365), (365, 276, 90), (7, 6, 7), (90, 89.5, 7), (30, 31, 7)]
)
def test_a_pdf_that_is_rendered_late_is_kept_no_longer_than_the_shortest_rule_allows(
    batch: Batch, kept: int, age: float, days: int
) -> None:
    batch = replace(batch, retention_days=kept)

    assert lifecycle_days(batch, now=batch.created_at + timedelta(days=age)) == days


def test_a_protected_batchs_pdfs_open_with_the_password_of_their_row_and_none_stays_open(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = add_batch()
    rows = [row_of(batch, 2, name="Zoë"), row_of(batch, 3, name="Ana")]
    sealed = PASSWORDS.seal(rows[0].report_id, "river-1")
    rows[0] = replace(rows[0], recipient=replace(rows[0].recipient, sealed_password=sealed))
    fill_batch(batch, rows)
    BatchRow(batches_partition(TENANT), batch.batch_id).update(actions=[BatchRow.protect_pdf.set(True)])

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    first, second = all_reports(batch)
    assert documents().get(first.pdf_key).endswith(b" locked with river-1")
    assert (second.status, second.problem.code) == (ReportStatus.FAILED, "password_missing")  # type: ignore[union-attr]  # it failed
    assert len(stored_pdfs(batch)) == 1


def test_a_pdf_that_cannot_be_protected_costs_only_its_row(results_cloud: None, converter: FakeConverter) -> None:
    batch = add_batch()
    rows = [row_of(batch, row) for row in (2, 3)]
    own = [PASSWORDS.seal(rows[0].report_id, "river-1"), PASSWORDS.seal("another report", "river-2")]
    fill_batch(
        batch,
        [replace(row, recipient=replace(row.recipient, sealed_password=s)) for row, s in zip(rows, own, strict=True)],
    )
    BatchRow(batches_partition(TENANT), batch.batch_id).update(actions=[BatchRow.protect_pdf.set(True)])

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    first, second = all_reports(batch)
    assert first.status is ReportStatus.READY
    assert (second.status, second.problem.code) == (ReportStatus.FAILED, "pdf_protection_failed")  # type: ignore[union-attr]  # it failed
