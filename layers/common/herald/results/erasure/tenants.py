"""What results do about an organisation that is erased, beside its items: batches stop, files go."""

from herald.results.batches.executions import latest_execution
from herald.results.batches.store import BatchStore
from herald.results.ports import ObjectStore, Workflow
from herald.values.clock import Clock, utc_now
from herald.values.erasing import Erased

BATCHES_PER_PAGE = 100
FILES_AT_ONCE = 10_000


class TenantBatches:
    """Stops whatever works at a tenant's batches: readers, renderings, deliveries."""

    def __init__(
        self,
        batches: BatchStore,
        workflow: Workflow,
        *,
        batches_per_page: int = BATCHES_PER_PAGE,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._workflow = workflow
        self._batches_per_page = batches_per_page
        self._clock = clock

    def erase(self, tenant_id: str, cursor: str | None) -> Erased:
        """Marks a page of batches as deleted, which everybody who works at one looks at, and ends their executions."""
        page = self._batches.page(tenant_id, size=self._batches_per_page, cursor=cursor)
        for batch in page.items:
            self._batches.mark_deleted(batch, now=self._clock())
            self._workflow.stop(latest_execution(batch))
        return Erased(len(page.items), page.next_cursor)


class TenantFiles:
    """Removes a tenant's files: templates, workbooks, pictures, PDFs of every version."""

    def __init__(self, *buckets: ObjectStore, at_once: int = FILES_AT_ONCE) -> None:
        self._buckets = buckets
        self._at_once = at_once

    def erase(self, tenant_id: str, _cursor: str | None) -> Erased:
        """Removes some files of each bucket."""
        removed = [bucket.delete_under(f"{tenant_id}/", at_most=self._at_once) for bucket in self._buckets]
        return Erased(sum(removed), "" if max(removed) >= self._at_once else None)
