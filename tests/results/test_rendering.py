"""A chunk becomes PDFs: each row by itself, each once."""

import pytest

from herald.errors import Unavailable
from herald.results.batch_store import BatchStore
from herald.results.model import Batch, Chunk, ReportStatus
from herald.results.rendering import Rendering, pdf_key
from tests.support.results import (
    NOW,
    TENANT,
    Letter,
    PdfPress,
    add_batch,
    all_reports,
    documents,
    fill_batch,
    reports_store,
    row_of,
    settlements,
)

CHUNK = Chunk(2, 6)


@pytest.fixture
def press() -> PdfPress:
    return PdfPress()


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    """Two good rows, one that the template refuses, one that the converter refuses, and one bad from the start."""
    batch = add_batch()
    names = {2: "Zoë", 3: "refuse", 4: "jam", 5: "Ana"}
    rows = [row_of(batch, row, name=name) for row, name in names.items()]
    fill_batch(batch, [*rows, row_of(batch, 6, bad=True)])
    return batch


def rendering(press: PdfPress) -> Rendering:
    return Rendering(
        BatchStore(), reports_store(), settlements(), documents(), lambda _content: Letter(), press, clock=lambda: NOW
    )


def test_a_bad_row_costs_itself_alone_and_says_why(batch: Batch, press: PdfPress) -> None:
    rendering(press).render(TENANT, batch.batch_id, CHUNK)

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
    assert documents().get(reports[2].pdf_key) == "%PDF-Zoë #1".encode()


def test_every_row_is_counted_once(batch: Batch, press: PdfPress) -> None:
    rendering(press).render(TENANT, batch.batch_id, CHUNK)

    counted = BatchStore().get(TENANT, batch.batch_id)
    assert (counted.total, counted.successful, counted.failed) == (5, 2, 3)


def test_a_chunk_again_makes_nothing_twice(batch: Batch, press: PdfPress) -> None:
    rendering(press).render(TENANT, batch.batch_id, CHUNK)
    before = (all_reports(batch), BatchStore().get(TENANT, batch.batch_id))

    assert rendering(press).render(TENANT, batch.batch_id, CHUNK) == []

    assert (all_reports(batch), BatchStore().get(TENANT, batch.batch_id)) == before
    assert len(press.printed) == 2


def test_a_pdf_that_a_dead_invocation_left_behind_is_kept_as_the_one(batch: Batch, press: PdfPress) -> None:
    row = reports_store().at_row(TENANT, batch.batch_id, 2)
    documents().put_once(pdf_key(batch, row), b"%PDF-the first", content_type="application/pdf")

    rendering(press).render(TENANT, batch.batch_id, Chunk(2, 2))

    assert documents().get(reports_store().at_row(TENANT, batch.batch_id, 2).pdf_key) == b"%PDF-the first"


def test_a_pdfs_key_depends_on_what_it_was_made_of(batch: Batch) -> None:
    first, second = (row_of(batch, 2, name=name) for name in ("Zoë", "Ana"))

    assert pdf_key(batch, first) == pdf_key(batch, row_of(batch, 2, name="Zoë", password="other"))
    assert pdf_key(batch, first) != pdf_key(batch, second)
    assert pdf_key(batch, first).startswith(f"{TENANT}/{batch.batch_id}/")


def test_a_template_is_compiled_once_while_the_worker_is_warm(batch: Batch, press: PdfPress) -> None:
    compiled: list[bytes] = []

    def compile_template(content: bytes) -> Letter:
        compiled.append(content)
        return Letter()

    warm = Rendering(
        BatchStore(), reports_store(), settlements(), documents(), compile_template, press, clock=lambda: NOW
    )
    warm.render(TENANT, batch.batch_id, Chunk(2, 3))
    warm.render(TENANT, batch.batch_id, Chunk(4, 6))

    assert len(compiled) == 1


def test_what_was_rendered_before_time_ran_out_stays_and_the_next_try_goes_on(results_cloud: None) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, row) for row in range(2, 14)])
    chunk, press = Chunk(2, 13), PdfPress()
    clock = iter([120.0, 60.0, 5.0])

    with pytest.raises(Unavailable):
        rendering(press).render(TENANT, batch.batch_id, chunk, seconds_left=lambda: next(clock))
    assert BatchStore().get(TENANT, batch.batch_id).successful == 10

    rendering(press).render(TENANT, batch.batch_id, chunk)
    assert BatchStore().get(TENANT, batch.batch_id).successful == 12
    assert len(press.printed) == 12
