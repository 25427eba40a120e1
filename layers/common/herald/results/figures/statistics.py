"""Asking for the figures: of everything that a tenant has, or of one of its batches."""

from typing import Protocol

from herald.results.batches.model import Batch
from herald.results.figures.model import Figures


class KeptFigures(Protocol):
    """Where the figures are kept."""

    def of_tenant(self, tenant_id: str) -> Figures:
        """The sums of a tenant."""
        ...

    def of_batch(self, tenant_id: str, batch_id: str) -> Figures:
        """The sums of a batch."""
        ...


class BatchRecords(Protocol):
    """Where batches are recorded."""

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound; a deleted one is not found."""
        ...


class Statistics:
    """The use case of looking at sums; they follow what happens by a second or two."""

    def __init__(self, figures: KeptFigures, batches: BatchRecords) -> None:
        self._figures = figures
        self._batches = batches

    def of_tenant(self, tenant_id: str) -> Figures:
        """The sums over all batches of a tenant."""
        return self._figures.of_tenant(tenant_id)

    def of_batch(self, tenant_id: str, batch_id: str) -> Figures:
        """The sums of one batch.

        Raises:
            NotFound: this tenant has no such batch.
        """
        self._batches.get(tenant_id, batch_id)
        return self._figures.of_batch(tenant_id, batch_id)
