"""Batches begin with an upload address and end with every row accounted for."""

from dataclasses import replace

import pytest

from herald.errors import Invalid, NotFound, Unprocessable
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.service import Batches, batch_of_workbook, workbook_key
from herald.results.batches.store import BatchStore
from herald.results.rendering.finishing import FinishingBatches
from herald.results.rendering.model import Rendered
from herald.results.reports.model import ReportStatus
from herald.results.templates.model import TemplateStatus
from herald.results.templates.store import TemplateStore
from herald.values.ids import new_id
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    add_batch,
    add_template,
    all_reports,
    documents,
    fill_batch,
    outcome_store,
    rendered_batch,
    reports_store,
    reset_for_rendering,
    row_of,
    uploads,
)
from tests.support.results import batches as batches_over_everything


@pytest.fixture
def batches(results_cloud: None) -> Batches:
    return batches_over_everything()


@pytest.fixture
def finishing(results_cloud: None) -> FinishingBatches:
    return FinishingBatches(BatchStore(), reports_store(), outcome_store(), documents(), clock=lambda: NOW)


def ended_by(finishing: FinishingBatches, batch: Batch, execution: str) -> Batch:
    ended = finishing.finish(TENANT, batch.batch_id, execution=execution)
    assert ended is not None
    return ended


def test_the_same_creation_again_is_the_same_batch(batches: Batches) -> None:
    template, batch_id = add_template(), new_id()

    first, second = (
        batches.create(TENANT, batch_id, name=name, description="", template_id=template.template_id)
        for name in ("November", "December")
    )

    assert first.batch == second.batch
    assert [batch.name for batch in batches.page(TENANT, size=10, cursor=None).items] == ["November"]


def test_a_batch_keeps_the_template_it_began_with(batches: Batches) -> None:
    template = add_template()

    new = batches.create(TENANT, new_id(), name="November", description="", template_id=template.template_id)

    assert new.batch.template_key == template.object_key


def test_a_template_of_another_tenant_is_no_template(batches: Batches) -> None:
    template = add_template(OTHER_TENANT)

    with pytest.raises(NotFound):
        batches.create(TENANT, new_id(), name="November", description="", template_id=template.template_id)


def test_batches_come_newest_first_page_by_page(batches: Batches) -> None:
    template = add_template()
    made = [add_batch(template).batch_id for _ in range(5)]

    first = batches.page(TENANT, size=3, cursor=None)
    rest = batches.page(TENANT, size=3, cursor=first.next_cursor)

    assert [batch.batch_id for batch in (*first.items, *rest.items)] == made[::-1]
    assert rest.next_cursor is None


def test_rows_that_no_try_could_render_are_failed_at_the_end(finishing: FinishingBatches) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, row) for row in range(2, 132)])
    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, "2.pdf")], now=NOW)

    ended = ended_by(finishing, batch, batch.batch_id)

    reports = all_reports(batch)
    assert (ended.status, ended.successful, ended.failed, ended.finished_at) == (BatchStatus.COMPLETED, 1, 129, NOW)
    assert [report.status for report in reports].count(ReportStatus.FAILED) == 129
    assert {report.problem.code for report in reports[1:] if report.problem} == {"not_rendered"}


def test_ending_a_batch_twice_changes_nothing(finishing: FinishingBatches) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3, bad=True)])

    first, again = (ended_by(finishing, batch, batch.batch_id) for _ in range(2))

    assert first == again
    assert first.status is BatchStatus.COMPLETED


def test_the_end_of_one_execution_leaves_the_rows_of_another(finishing: FinishingBatches) -> None:
    batch = add_batch()
    fill_batch(batch, [replace(row_of(batch, 2), execution="again"), row_of(batch, 3)])

    ended = ended_by(finishing, batch, "again")
    assert (ended.status, ended.failed) == (BatchStatus.PROCESSING, 1)

    ended = ended_by(finishing, batch, batch.batch_id)
    assert (ended.status, ended.failed) == (BatchStatus.COMPLETED, 2)


def test_an_execution_for_one_row_accounts_for_that_revision_of_it_alone(finishing: FinishingBatches) -> None:
    batch = add_batch()
    own = f"{batch.batch_id}-r2-2"
    fill_batch(batch, [replace(row_of(batch, 2), execution=own, revision=2), row_of(batch, 3)])

    ended_by(finishing, batch, f"{batch.batch_id}-r2-1")
    assert [report.status for report in all_reports(batch)] == [ReportStatus.PENDING] * 2

    ended_by(finishing, batch, own)
    assert [report.status for report in all_reports(batch)] == [ReportStatus.FAILED, ReportStatus.PENDING]


def test_a_corrected_row_that_could_not_be_rendered_leaves_no_old_pdf(finishing: FinishingBatches) -> None:
    batch, (report, other) = rendered_batch(2)
    assert reset_for_rendering(report, execution=f"{batch.batch_id}-r2-2")

    ended_by(finishing, batch, f"{batch.batch_id}-r2-2")

    with pytest.raises(NotFound):
        documents().get(report.pdf_key)
    assert documents().get(other.pdf_key)


def test_a_batch_that_was_deleted_has_no_end(batches: Batches, finishing: FinishingBatches) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2)])
    batches.delete(TENANT, batch.batch_id)

    assert finishing.finish(TENANT, batch.batch_id, execution=batch.batch_id) is None
    assert [report.status for report in all_reports(batch)] == [ReportStatus.PENDING]


def test_the_list_can_be_narrowed_to_a_status(batches: Batches) -> None:
    template = add_template()
    made = [add_batch(template).batch_id for _ in range(4)]
    fill_batch(batches.get(TENANT, made[1]), [row_of(batches.get(TENANT, made[1]), 2)])

    pending = batches.page(TENANT, size=2, cursor=None, status=BatchStatus.PENDING)
    rest = batches.page(TENANT, size=2, cursor=pending.next_cursor, status=BatchStatus.PENDING)
    running = batches.page(TENANT, size=2, cursor=None, status=BatchStatus.PROCESSING)

    assert [batch.batch_id for batch in (*pending.items, *rest.items)] == [made[3], made[2], made[0]]
    assert [batch.batch_id for batch in running.items] == [made[1]]


def test_a_request_for_a_rare_status_reads_a_bounded_number_of_batches(batches: Batches) -> None:
    store = BatchStore(most_looked_at=3)
    template = add_template()
    made = [add_batch(template).batch_id for _ in range(4)]
    fill_batch(batches.get(TENANT, made[0]), [row_of(batches.get(TENANT, made[0]), 2)])

    first = store.page(TENANT, size=2, cursor=None, status=BatchStatus.PROCESSING)
    rest = store.page(TENANT, size=2, cursor=first.next_cursor, status=BatchStatus.PROCESSING)

    assert first.items == []
    assert [batch.batch_id for batch in rest.items] == [made[0]]


def test_a_template_without_a_file_makes_no_batch(batches: Batches) -> None:
    template = replace(add_template(), template_id=new_id(), status=TemplateStatus.PENDING, version=0)
    TemplateStore().add(template)

    with pytest.raises(Unprocessable) as refusal:
        batches.create(TENANT, new_id(), name="November", description="", template_id=template.template_id)

    assert refusal.value.code == "template_not_ready"


def test_a_workbook_through_the_api_stands_where_the_upload_url_would_put_it(batches: Batches) -> None:
    batch = add_batch()

    batches.upload(TENANT, batch.batch_id, b"PK\x03\x04 workbook")

    assert uploads().get(workbook_key(TENANT, batch.batch_id)) == b"PK\x03\x04 workbook"


def test_a_workbook_that_is_refused_makes_no_batch(batches: Batches) -> None:
    template = add_template()

    with pytest.raises(Invalid):
        batches.create_with_workbook(
            TENANT, new_id(), b"Name,Phone", name="November", description="", template_id=template.template_id
        )

    assert batches.page(TENANT, size=10, cursor=None).items == []


def test_the_second_try_of_an_upload_that_came_through_is_the_same_batch(batches: Batches) -> None:
    template, batch_id = add_template(), new_id()

    def upload() -> Batch:
        return batches.create_with_workbook(
            TENANT, batch_id, b"PK\x03\x04", name="November", description="", template_id=template.template_id
        )

    first = upload()
    fill_batch(first, [row_of(first, 2)])

    assert (upload().batch_id, upload().total) == (batch_id, 1)


def test_a_workbooks_key_leads_back_to_its_batch() -> None:
    assert batch_of_workbook(workbook_key(TENANT, "batch-1")) == (TENANT, "batch-1")
