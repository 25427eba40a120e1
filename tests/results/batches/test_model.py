"""Chunks of rows, and when a batch will be done."""

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.results.batches.completion import estimated_completion
from herald.results.batches.model import ROWS_PER_CHUNK, ROWS_SPANNED_BY_CHUNK, Batch, BatchStatus, Chunk, chunks_of
from tests.support.results import NOW, TENANT

ROWS = some.sets(some.integers(2, 5000), max_size=200).map(sorted)
BATCH = Batch(TENANT, "batch", "November", "", "template", "key", BatchStatus.PROCESSING, NOW, NOW)


@given(rows=ROWS)
def test_every_row_is_in_exactly_one_chunk(rows: list[int]) -> None:
    chunks = chunks_of(rows)

    assert [row for chunk in chunks for row in rows if chunk.first_row <= row <= chunk.last_row] == rows


@given(rows=ROWS)
def test_no_chunk_has_more_rows_than_one_invocation_renders(rows: list[int]) -> None:
    assert all(
        sum(chunk.first_row <= row <= chunk.last_row for row in rows) <= ROWS_PER_CHUNK for chunk in chunks_of(rows)
    )


def test_rows_that_are_left_out_lengthen_a_chunk() -> None:
    assert chunks_of([2, 3, 900]) == [Chunk(2, 900)]


def test_rows_far_apart_are_in_chunks_of_their_own() -> None:
    assert chunks_of([10, 1009, 1010, 20000, 99999]) == [
        Chunk(10, 1009),
        *(Chunk(row, row) for row in (1010, 20000, 99999)),
    ]


@given(rows=ROWS)
def test_what_a_chunk_spans_is_bounded(rows: list[int]) -> None:
    assert all(chunk.last_row - chunk.first_row < ROWS_SPANNED_BY_CHUNK for chunk in chunks_of(rows))


@pytest.mark.parametrize("every", [1, 2, 20, 999, 1000])
def test_the_chunks_of_sparse_rows_fit_into_an_executions_input_too(every: int) -> None:
    chunks = chunks_of(list(range(2, 100_002, every)))

    assert len(json.dumps([asdict(chunk) for chunk in chunks])) < 200 * 1024


def test_a_running_batch_is_done_at_the_speed_it_has_had() -> None:
    batch = replace(BATCH, total=100, successful=20, failed=5, run_started_at=NOW)

    assert estimated_completion(batch, now=NOW + timedelta(minutes=1)) == NOW + timedelta(minutes=4)


def test_rows_that_were_bad_from_the_start_count_for_no_speed() -> None:
    batch = replace(BATCH, total=100, successful=10, failed=20, run_started_at=NOW, run_started_with=20)

    assert estimated_completion(batch, now=NOW + timedelta(minutes=1)) == NOW + timedelta(minutes=8)


def test_before_its_first_row_is_rendered_there_is_no_estimate() -> None:
    assert estimated_completion(replace(BATCH, total=100, started_at=NOW), now=NOW) is None
    assert estimated_completion(replace(BATCH, status=BatchStatus.PENDING), now=NOW) is None


def test_a_batch_that_has_ended_tells_when() -> None:
    ended = replace(BATCH, status=BatchStatus.COMPLETED, total=3, successful=3, started_at=NOW, finished_at=NOW)

    assert estimated_completion(ended, now=NOW + timedelta(days=1)) == NOW


@given(
    successful=some.integers(0, 500),
    failed=some.integers(0, 500),
    more=some.integers(0, 100_000),
    seconds=some.floats(0, 1e6),
)
def test_an_estimate_never_lies_in_the_past(successful: int, failed: int, more: int, seconds: float) -> None:
    batch = replace(BATCH, total=successful + failed + more, successful=successful, failed=failed, started_at=NOW)
    now = NOW + timedelta(seconds=seconds)

    estimate = estimated_completion(batch, now=now)

    assert estimate is None or estimate >= now


def test_the_chunks_of_the_largest_workbook_fit_into_an_executions_input() -> None:
    chunks = chunks_of(list(range(2, 100_002)))

    assert len(json.dumps([asdict(chunk) for chunk in chunks])) < 200 * 1024
