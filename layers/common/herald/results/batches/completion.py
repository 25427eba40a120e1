"""When a running batch will be done."""

from datetime import datetime

from herald.results.batches.model import Batch, BatchStatus


def estimated_completion(batch: Batch, *, now: datetime) -> datetime | None:
    """When a running batch will be done at the speed it has had so far; ``None`` before its first row is rendered."""
    if batch.status is not BatchStatus.PROCESSING:
        return batch.finished_at
    rendered = batch.processed - batch.run_started_with
    if batch.run_started_at is None or rendered <= 0:
        return None
    per_row = (now - batch.run_started_at) / rendered
    return now + per_row * (batch.total - batch.processed)
