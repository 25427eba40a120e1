"""Erasing a tenant: one part after the other, a bounded bit per message, and all of it again until nothing is found.

A second round at least, because what was under way when it began (a rendering, a change on a stream) may be written
afterwards. What is done twice is harmless, and the tenant's own row goes last: as long as it is there, the work can be
taken up again.
"""

from collections.abc import Mapping
from dataclasses import replace

from herald.errors import Unavailable
from herald.identity.closures.model import TenantErasure
from herald.identity.closures.store import ClosureStore
from herald.identity.ports import ErasureQueue
from herald.identity.tenants.store import TenantStore
from herald.values.clock import Clock, utc_now
from herald.values.erasing import ErasingPart

SECONDS_BETWEEN_ROUNDS = 300
"""Longer than any invocation lives, and than functions remember that a tenant was open."""
_FEWEST_ROUNDS = 2
_MOST_ROUNDS = 24
"""Two hours: whoever still writes then is a fault of ours, which somebody must look at."""


class TenantErasing:
    """What happens in the worker."""

    def __init__(
        self,
        closures: ClosureStore,
        tenants: TenantStore,
        parts: Mapping[str, ErasingPart],
        queue: ErasureQueue,
        *,
        clock: Clock = utc_now,
    ) -> None:
        """Choose the parts.

        Args:
            closures: knows which tenants are to be erased.
            tenants: their own rows.
            parts: by their names, in the order in which they are done.
            queue: where this puts what is left to do.
            clock: tells the time.
        """
        self._closures = closures
        self._tenants = tenants
        self._parts = parts
        self._queue = queue
        self._clock = clock

    def erase(self, work: TenantErasure) -> dict[str, int]:
        """Erases a bit, and asks for the next; gives how much went, by its part.

        Nothing, where the organisation was opened again, or is erased already.

        Raises:
            Unavailable: after very many rounds there is still something new (``tenant_still_written``).
        """
        if not self._closures.begin_erasing(work.tenant_id, now=self._clock()):
            return {"unwanted": 1}
        part = work.part or next(iter(self._parts))
        erased = self._parts[part].erase(work.tenant_id, work.cursor)
        self._go_on(replace(work, part=part, cursor=erased.cursor, found=work.found + erased.count))
        return {part: erased.count}

    def _go_on(self, work: TenantErasure) -> None:
        following = self._after(work.part)
        if work.cursor is not None:
            self._queue.send([work.to_message()])
        elif following:
            self._queue.send([replace(work, part=following).to_message()])
        elif work.round < _FEWEST_ROUNDS or work.found:
            self._begin_round(work.tenant_id, work.round + 1)
        else:
            self._closures.finish(self._tenants.get(work.tenant_id), now=self._clock())

    def _after(self, part: str) -> str:
        names = [*self._parts, ""]
        return names[names.index(part) + 1]

    def _begin_round(self, tenant_id: str, number: int) -> None:
        if number > _MOST_ROUNDS:
            raise Unavailable("This organisation is still being written to.", code="tenant_still_written")
        self._queue.send([TenantErasure(tenant_id, number).to_message()], delay_seconds=SECONDS_BETWEEN_ROUNDS)
