"""A chunk becomes PDFs: each row by itself, each once."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from herald.errors import Unavailable
from herald.results.batches.model import Batch, Chunk
from herald.results.batches.store import BatchStore
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.model import Rendered
from herald.results.rendering.recording import pdf_key
from herald.results.rendering.service import ChunkUnfinished
from herald.results.rendering.store import OutcomeStore
from herald.results.reports.model import ReportStatus
from herald.results.templates.model import Merging
from herald.results.templates.store import TemplateVersionRow, TemplateVersionStore
from tests.support.rendering import (
    CHUNK,
    batch_of,
    counts,
    rendering,
    statuses,
)
from tests.support.results import (
    TENANT,
    FakeConverter,
    Letter,
    add_batch,
    all_reports,
    current,
    documents,
    fill_batch,
    reports_store,
    row_of,
)

PDF = "application/pdf"


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    """Two good rows, one that the template refuses, one that the converter refuses, and one bad from the start."""
    batch = add_batch()
    names = {2: "Zoë", 3: "refuse", 4: "jam", 5: "Ana"}
    rows = [row_of(batch, row, name=name) for row, name in names.items()]
    fill_batch(batch, [*rows, row_of(batch, 6, bad=True)])
    return batch


# ---------------------------------------------------------------- rows


def test_a_bad_row_costs_itself_alone_and_says_why(batch: Batch, converter: FakeConverter) -> None:
    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    reports = {report.row: report for report in all_reports(batch)}
    assert [reports[row].status for row in range(2, 7)] == [
        ReportStatus.READY,
        ReportStatus.FAILED,
        ReportStatus.FAILED,
        ReportStatus.READY,
        ReportStatus.FAILED,
    ]
    assert [(reports[row].problem.code, reports[row].problem.row) for row in (3, 4)] == [  # type: ignore[union-attr]  # failed ones have one
        ("template_value", 3),
        ("pdf_document_refused", 4),
    ]
    assert documents().get(reports[2].pdf_key).startswith("%PDF-Zoë".encode())
    assert documents().get(reports[5].pdf_key).startswith(b"%PDF-Ana")
    assert counts(batch) == (5, 2, 3)


def test_a_thousandth_bad_row_is_found_without_converting_each_row_alone(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["jam" if row == 17 else f"Person {row}" for row in range(25)])

    rendering(converter).render(TENANT, batch.batch_id, Chunk(2, 26))

    assert counts(batch) == (25, 24, 1)
    assert len(converter.conversions) < 12


def test_rows_share_conversions_and_reports_of_three_pages_share_them_by_ten(
    results_cloud: None, converter: FakeConverter
) -> None:
    letters, reports = (batch_of([f"Person {row}" for row in range(50)]) for _ in range(2))

    rendering(converter).render(TENANT, letters.batch_id, Chunk(2, 51))
    assert converter.conversions == [25, 25]

    converter.conversions.clear()
    rendering(converter, pages=3).render(TENANT, reports.batch_id, Chunk(2, 51))
    assert converter.conversions == [10] * 5
    assert counts(letters) == counts(reports) == (50, 50, 0)


def test_rows_of_a_template_that_merges_unfaithfully_are_converted_one_by_one(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë", "Ana"])

    rendering(converter, letter=Letter(mergeable=False)).render(TENANT, batch.batch_id, CHUNK)

    assert converter.conversions == [1, 1]
    assert TemplateVersionStore().get(TENANT, batch.template_id, 1).merging is Merging.UNFAITHFUL


def test_rows_of_a_template_whose_version_is_gone_are_converted_one_by_one(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë", "Ana"])
    TemplateVersionRow(f"{TENANT}#template#{batch.template_id}", "version#000001").delete()

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    assert converter.conversions == [1, 1]
    assert counts(batch) == (2, 2, 0)


# ---------------------------------------------------------------- crashes, hangs, time


@pytest.mark.parametrize("code", ["pdf_timed_out", "pdf_office_crashed"])
def test_a_group_that_meets_a_sick_libreoffice_gets_its_pdfs_all_the_same(
    results_cloud: None, converter: FakeConverter, code: str
) -> None:
    batch = batch_of(["Zoë", "Ana", "Bo"])
    converter.failures = {b"Ana": [code]}

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    assert counts(batch) == (3, 3, 0)


def test_a_row_that_hangs_however_often_it_is_tried_fails_alone(results_cloud: None, converter: FakeConverter) -> None:
    batch = batch_of(["Zoë", "Ana", "Bo"])
    converter.failures = {b"Ana": ["pdf_timed_out"] * 9}

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    assert counts(batch) == (3, 2, 1)
    assert current(row_of(batch, 3)).problem.code == "pdf_timed_out"  # type: ignore[union-attr]  # it failed
    assert converter.conversions == [3, 1, 1, 1]


def test_what_was_rendered_before_time_ran_out_stays_and_the_next_try_goes_on(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of([f"Person {row}" for row in range(30)])
    clock = iter([120.0, 60.0, 5.0])

    with pytest.raises(ChunkUnfinished):
        rendering(converter).render(TENANT, batch.batch_id, Chunk(2, 31), seconds_left=lambda: next(clock))
    assert counts(batch) == (30, 25, 0)

    rendering(converter).render(TENANT, batch.batch_id, Chunk(2, 31))
    assert counts(batch) == (30, 30, 0)
    assert len(converter.printed) == 30


def test_a_row_that_was_given_little_time_is_not_blamed_for_needing_more(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë"])
    converter.failures = {"Zoë".encode(): ["pdf_timed_out"]}

    with pytest.raises(Unavailable):
        rendering(converter).render(TENANT, batch.batch_id, CHUNK, seconds_left=lambda: 15.0)

    assert statuses(batch) == [ReportStatus.PENDING]


# ---------------------------------------------------------------- nothing twice


def test_a_chunk_again_makes_nothing_twice(batch: Batch, converter: FakeConverter) -> None:
    rendering(converter).render(TENANT, batch.batch_id, CHUNK)
    before = (all_reports(batch), BatchStore().get(TENANT, batch.batch_id))

    assert rendering(converter).render(TENANT, batch.batch_id, CHUNK) == []

    assert (all_reports(batch), BatchStore().get(TENANT, batch.batch_id)) == before
    assert len(converter.printed) == 2


def test_a_pdf_that_a_dead_invocation_left_behind_is_kept_as_the_one(batch: Batch, converter: FakeConverter) -> None:
    row = reports_store().at_row(TENANT, batch.batch_id, 2)
    documents().put_once(pdf_key(batch, row), b"%PDF-the first", content_type=PDF)

    rendering(converter).render(TENANT, batch.batch_id, Chunk(2, 2))

    assert documents().get(reports_store().at_row(TENANT, batch.batch_id, 2).pdf_key) == b"%PDF-the first"


def test_two_invocations_over_the_same_rows_keep_one_pdf_of_each_and_count_it_once(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë", "Ana"])

    class Slower(OutcomeStore):
        """Records after another invocation has done the same."""

        def record(self, tenant_id: str, batch_id: str, *args: Sequence[Rendered], now: datetime) -> list[Rendered]:
            rendering(converter).render(tenant_id, batch_id, CHUNK)
            return super().record(tenant_id, batch_id, *args, now=now)

    assert rendering(converter, outcomes=Slower()).render(TENANT, batch.batch_id, CHUNK) == []

    assert counts(batch) == (2, 2, 0)
    assert all(documents().get(report.pdf_key) for report in all_reports(batch))


def test_a_template_is_compiled_once_while_the_worker_is_warm(results_cloud: None) -> None:
    compiled: list[bytes] = []

    def compile_template(content: bytes) -> Letter:
        compiled.append(content)
        return Letter()

    batch = add_batch()
    templates = CompiledTemplates(documents(), compile_template)

    assert templates.get(batch.template_key) is templates.get(batch.template_key)
    assert len(compiled) == 1
