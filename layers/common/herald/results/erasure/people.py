"""Erasing all that results hold of one person, by phone number or e-mail address, a bounded part at a time.

What is kept of the request does not say whose it was: only the queue's messages do, until the work is done.
"""

from contextlib import suppress
from dataclasses import replace

from herald.errors import Invalid, NotFound
from herald.results.corrections.deleting import Deletions
from herald.results.erasure.model import ErasureRequest, PersonErasure
from herald.results.erasure.store import ErasureRequestStore
from herald.results.ports import Queue
from herald.results.reports.model import Report, ReportFilter
from herald.results.reports.service import Reports
from herald.values.clock import Clock, utc_now
from herald.values.email import normal_email
from herald.values.phone import parse_phone

PAGES_PER_MESSAGE = 10
"""Each looks at some 5,000 rows at most."""
_REPORTS_PER_PAGE = 100


class PersonErasures:
    """The use cases of whoever answers a person's request."""

    def __init__(self, requests: ErasureRequestStore, queue: Queue, *, clock: Clock = utc_now) -> None:
        self._requests = requests
        self._queue = queue
        self._clock = clock

    def request(self, tenant_id: str, erasure_id: str, *, phone: str, email: str) -> ErasureRequest:
        """Has all reports of a person deleted; asking again under the same id is harmless.

        Raises:
            Invalid: neither or both are given, or what is given is no phone number or no e-mail address.
        """
        if bool(phone) == bool(email):
            reason = "one of `phone` and `email` is needed"
            raise Invalid("Say whose data: by phone number or by e-mail.", fields={"phone": reason, "email": reason})
        person = PersonErasure(
            tenant_id,
            erasure_id,
            phone=parse_phone(phone) if phone else "",
            email=normal_email(email) if email else "",
        )
        self._requests.add(ErasureRequest(tenant_id, erasure_id, self._clock()))
        self._queue.send([person.to_message()])
        return self._requests.get(tenant_id, erasure_id)

    def get(self, tenant_id: str, erasure_id: str) -> ErasureRequest:
        """A request, or NotFound."""
        return self._requests.get(tenant_id, erasure_id)


class ErasingPeople:
    """What happens in the worker."""

    def __init__(
        self,
        requests: ErasureRequestStore,
        reports: Reports,
        deletions: Deletions,
        queue: Queue,
        *,
        pages_per_message: int = PAGES_PER_MESSAGE,
        clock: Clock = utc_now,
    ) -> None:
        self._requests = requests
        self._reports = reports
        self._deletions = deletions
        self._queue = queue
        self._pages_per_message = pages_per_message
        self._clock = clock

    def erase(self, person: PersonErasure) -> dict[str, int]:
        """Deletes a part of a person's reports, and asks for the next; gives how many went.

        Raises:
            Conflict: somebody keeps changing one of them; doing it again is safe.
        """
        wanted = ReportFilter(search=person.phone or person.email)
        deleted, cursor = 0, person.cursor
        for _ in range(self._pages_per_message):
            page = self._reports.page(person.tenant_id, wanted, size=_REPORTS_PER_PAGE, cursor=cursor)
            found = [report for report in page.items if person.concerns(report)]
            deleted += sum(map(self._delete, found))
            cursor = page.next_cursor
            if cursor is None:
                break
        if deleted:
            self._requests.count(person.tenant_id, person.erasure_id, deleted)
        if cursor is None:
            self._requests.finish(person.tenant_id, person.erasure_id, now=self._clock())
        else:
            self._queue.send([replace(person, cursor=cursor).to_message()])
        return {"reports": deleted}

    def _delete(self, report: Report) -> bool:
        with suppress(NotFound):  # somebody deleted it meanwhile, or its batch
            self._deletions.delete(report.tenant_id, report.report_id)
            return True
        return False
