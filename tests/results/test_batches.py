"""Batches begin with an upload address and end with every row accounted for."""

import pytest

from herald.errors import NotFound
from herald.results.batch_store import BatchStore
from herald.results.batches import Batches, batch_of_workbook, workbook_key
from herald.results.model import BatchStatus, ReportStatus
from herald.results.rendering import Rendered
from herald.results.template_store import TemplateStore
from herald.values.ids import new_id
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    add_batch,
    add_template,
    all_reports,
    fill_batch,
    reports_store,
    row_of,
    settlements,
    uploads,
)


@pytest.fixture
def batches(results_cloud: None) -> Batches:
    return Batches(BatchStore(), TemplateStore(), reports_store(), settlements(), uploads(), clock=lambda: NOW)


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


def test_rows_that_no_try_could_render_are_failed_at_the_end(batches: Batches) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, row) for row in range(2, 132)])
    settlements().settle(TENANT, batch.batch_id, [Rendered(2, "2.pdf")], now=NOW)

    ended = batches.finish(TENANT, batch.batch_id)

    reports = all_reports(batch)
    assert (ended.status, ended.successful, ended.failed, ended.finished_at) == (BatchStatus.COMPLETED, 1, 129, NOW)
    assert [report.status for report in reports].count(ReportStatus.FAILED) == 129
    assert {report.problem.code for report in reports[1:] if report.problem} == {"not_rendered"}


def test_ending_a_batch_twice_changes_nothing(batches: Batches) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3, bad=True)])

    assert batches.finish(TENANT, batch.batch_id) == batches.finish(TENANT, batch.batch_id)


def test_a_workbooks_key_leads_back_to_its_batch() -> None:
    assert batch_of_workbook(workbook_key(TENANT, "batch-1")) == (TENANT, "batch-1")
