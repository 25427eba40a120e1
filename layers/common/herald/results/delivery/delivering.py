"""Sending reports in the worker, each at most once, and following them through the messages' own records."""

from collections.abc import Sequence
from dataclasses import replace

from herald.errors import NotFound, Unavailable
from herald.identity.tenants.model import TenantState
from herald.identity.tenants.standings import TenantStandings
from herald.messaging.model import MessageChange
from herald.messaging.service import Messenger, TryAgainLater
from herald.results.batches.model import Batch, Chunk
from herald.results.batches.store import BatchStore
from herald.results.delivery.duplicates import DUPLICATE_PHONES, DuplicateTexts
from herald.results.delivery.model import DeliveryWork, message_id_of, place_of, reference_of
from herald.results.delivery.store import DeliveryStore
from herald.results.delivery.wording import LONGEST_TEXT, wording_for
from herald.results.links.service import new_link
from herald.results.links.store import LinkStore
from herald.results.ports import Queue
from herald.results.reports.model import DeliveryStatus, Report, ReportStatus
from herald.results.reports.store import ReportStore
from herald.values.clock import Clock, utc_now

# Also what seems to be under way: its claim may have been released (a busy carrier), or its worker may have died with
# it. The claim of its message, not this, is what keeps a text from going out twice.
_MAY_BE_CLAIMED_FROM = [DeliveryStatus.SCHEDULED, DeliveryStatus.QUEUED, DeliveryStatus.SENDING]
_MAY_BE_WITHDRAWN_FROM = [DeliveryStatus.SCHEDULED, DeliveryStatus.QUEUED]
_UNDER_WAY = [DeliveryStatus.QUEUED, DeliveryStatus.SENDING]
_ROWS_PER_LOOK = 5
"""How many rows may go out before the batch is looked at again: somebody may have deleted it, or sent it anew."""
_TRIES_AT_A_CLAIM = 3
_MOST_TRIES = 12
_FIRST_DELAY_SECONDS = 2
_LONGEST_DELAY_SECONDS = 300


class Delivering:
    """What happens in the worker: each report of a chunk gets its link and its text, at most once."""

    def __init__(  # noqa: PLR0913 - all that it works with; one place puts it together
        self,
        batches: BatchStore,
        reports: ReportStore,
        deliveries: DeliveryStore,
        links: LinkStore,
        messenger: Messenger,
        queue: Queue,
        duplicates: DuplicateTexts,
        *,
        standings: TenantStandings,
        public_url: str,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._reports = reports
        self._deliveries = deliveries
        self._links = links
        self._messenger = messenger
        self._queue = queue
        self._duplicates = duplicates
        self._standings = standings
        self._public_url = public_url
        self._clock = clock

    def deliver(self, work: DeliveryWork) -> dict[str, int]:
        """Sends what is queued in a chunk; gives how many texts ended in which state.

        More than a chunk is divided, so that whoever asks for a batch need not wait until all of it is queued. Where
        the carrier is busy, the rest of the chunk goes back to the queue with a growing delay.

        Raises:
            Unavailable: the carrier was busy for too long; the message belongs to the dead letters.
        """
        batch = self._batch_of(work)
        if batch is None:
            return {"unwanted": work.rows}
        parts = work.parts()
        if len(parts) > 1 and not _may_begin(work, batch):
            return {"unwanted": work.rows}
        if len(parts) > 1:
            self._queue.send([part.to_message() for part in parts])
            return {"divided": len(parts)}
        return self._deliver_rows(work, batch)

    def _deliver_rows(self, work: DeliveryWork, batch: Batch | None) -> dict[str, int]:
        counts: dict[str, int] = {}
        chunk = Chunk(work.first_row, work.last_row)
        for looked_at, report in enumerate(self._reports.chunk(work.tenant_id, work.batch_id, chunk), start=1):
            if looked_at % _ROWS_PER_LOOK == 0:
                batch = self._batch_of(work)
            if batch is None:
                return counts | {"unwanted": work.last_row - report.row + 1}
            claimed = self._claim(report, work, batch)
            if claimed is None:
                continue
            try:
                outcome = self._deliver(claimed, work, batch.sender_name)
            except TryAgainLater:
                self._postpone(replace(work, first_row=report.row, tries=work.tries + 1))
                return counts | {"postponed": work.last_row - report.row + 1}
            counts[outcome] = counts.get(outcome, 0) + 1
        return counts

    def _batch_of(self, work: DeliveryWork) -> Batch | None:
        """The batch that is to be sent; nothing where it was deleted, or its organisation is closed."""
        if self._standings.of_tenant(work.tenant_id).state is not TenantState.OPEN:
            return None
        try:
            return self._batches.get(work.tenant_id, work.batch_id)
        except NotFound:
            return None

    def _claim(self, report: Report, work: DeliveryWork, batch: Batch) -> Report | None:
        """The report as it is to be sent; ``None`` where this work is not what sends it, or something is in its way."""
        message_id = message_id_of(work.delivery_id, report)
        for _ in range(_TRIES_AT_A_CLAIM):
            if not _is_for(report, work, batch, message_id):
                return None
            if report.delivery_id == message_id and self._is_hindered(report, message_id):
                return None
            if self._take(report, message_id):
                # Only now: who sends to this phone at the same moment sees the one or the other.
                is_hindered = self._is_hindered(report, message_id) or self._is_duplicate(report, work, message_id)
                return None if is_hindered else report
            now_there = self._reports.chunk(report.tenant_id, report.batch_id, Chunk(report.row, report.row))
            corrected = [each for each in now_there if each.recipient.phone != report.recipient.phone]
            if not corrected:
                return None
            report = corrected[0]
        return None

    def _take(self, report: Report, message_id: str) -> bool:
        """Queues a report, unless it was taken back or its phone corrected since it was read."""
        if report.delivery_id != message_id:
            return self._deliveries.begin(
                report.place,
                now=self._clock(),
                delivery_id=message_id,
                from_statuses=[DeliveryStatus.NOT_SENT],
                phone=report.recipient.phone,
            )
        # Also where it is queued already: whoever took it back since has told somebody that nothing will be sent.
        is_scheduled = report.delivery_status is DeliveryStatus.SCHEDULED
        return self._deliveries.confirm(
            report.place,
            now=self._clock(),
            delivery_id=message_id,
            from_statuses=[DeliveryStatus.SCHEDULED] if is_scheduled else _UNDER_WAY,
            phone=report.recipient.phone,
        )

    def _is_hindered(self, report: Report, message_id: str) -> bool:
        obstacle = _obstacle_to(report)
        if obstacle:
            self._give_back(report, message_id, obstacle)
        return bool(obstacle)

    def _is_duplicate(self, report: Report, work: DeliveryWork, message_id: str) -> bool:
        """Takes back what would be a phone's second text of the batch; of two at the same moment perhaps both."""
        if work.allow_duplicates or not self._duplicates.rows_texted(report, work.phone or report.recipient.phone):
            return False
        if self._messenger.find(tenant_id=report.tenant_id, message_id=message_id) is not None:
            return False
        self._withdraw(report, message_id, DUPLICATE_PHONES, _MAY_BE_WITHDRAWN_FROM)
        return True

    def _give_back(self, report: Report, message_id: str, obstacle: str) -> None:
        if self._withdraw(report, message_id, obstacle, _MAY_BE_WITHDRAWN_FROM):
            return
        # A claim that a busy carrier made us release can have left the report behind as one that is being sent.
        if self._messenger.find(tenant_id=report.tenant_id, message_id=message_id) is None:
            self._withdraw(report, message_id, obstacle, [DeliveryStatus.SENDING])

    def _withdraw(
        self, report: Report, message_id: str, obstacle: str, from_statuses: Sequence[DeliveryStatus]
    ) -> bool:
        return self._deliveries.withdraw(
            report.place,
            now=self._clock(),
            delivery_id=message_id,
            from_statuses=from_statuses,
            error_code=obstacle,
        )

    def _deliver(self, report: Report, work: DeliveryWork, sender_name: str) -> str:
        message_id = message_id_of(work.delivery_id, report)
        wording = wording_for(report, work.custom_message, sender_name)
        link, token = new_link(report, now=self._clock())
        text = wording.replace("{link}", f"{self._public_url}/customer?token={token}")
        if len(text) > LONGEST_TEXT:
            self._move(report, message_id, DeliveryStatus.FAILED, error_code="message_too_long")
            return "too_long"
        message = {"tenant_id": report.tenant_id, "message_id": message_id}
        # Before the claim: a claimed text must be handed over, and a link that nobody was sent just expires.
        self._links.put(link)
        # Nothing of the text is kept with the message, which outlives the report that the text is about.
        if not self._messenger.claim(**message, body="", reference=reference_of(report)):
            self._catch_up(report, message_id)
            return "claimed_before"
        return self._messenger.hand_over(**message, to=work.phone or report.recipient.phone, text=text).value

    def _catch_up(self, report: Report, message_id: str) -> None:
        """Moves a report to where its message is: what became of that may have been told before the report waited."""
        message = self._messenger.find(tenant_id=report.tenant_id, message_id=message_id)
        if message is not None:
            self._move(report, message_id, DeliveryStatus(message.status.value), error_code=message.error_code)

    def _move(self, report: Report, message_id: str, status: DeliveryStatus, *, error_code: str = "") -> bool:
        return self._deliveries.advance(
            report.place, status, now=self._clock(), delivery_id=message_id, error_code=error_code
        )

    def _postpone(self, work: DeliveryWork) -> None:
        if work.tries > _MOST_TRIES:
            raise Unavailable("The carrier has been busy for too long.", code="carrier_busy")
        delay = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2 ** (work.tries - 1))
        self._queue.send([work.to_message()], delay_seconds=delay)


class FollowingDelivery:
    """Takes what became of a message back to its report."""

    def __init__(self, deliveries: DeliveryStore, *, clock: Clock = utc_now) -> None:
        self._deliveries = deliveries
        self._clock = clock

    def follow(self, change: MessageChange) -> bool:
        """Moves a report's delivery to where its message is, whatever order changes come in.

        False where the delivery is further already, or the message is not the report's newest.
        """
        place = place_of(change.tenant_id, change.reference)
        if place is None:
            return False
        return self._deliveries.advance(
            place,
            DeliveryStatus(change.status.value),
            now=self._clock(),
            delivery_id=change.message_id,
            error_code=change.error_code,
        )


def _is_for(report: Report, work: DeliveryWork, batch: Batch, message_id: str) -> bool:
    """Whether this work is what sends the report: it was asked for it, or was never sent and now is."""
    if report.delivery_id == message_id:
        return report.delivery_status in _MAY_BE_CLAIMED_FROM
    return _may_begin(work, batch) and report.status is ReportStatus.READY


def _may_begin(work: DeliveryWork, batch: Batch) -> bool:
    """Whether work may begin with reports that are not marked as its own yet.

    What is for one report alone was recorded when it was asked for: another delivery has taken its place since.
    A batch's scheduled work whose schedule was replaced only finishes what it began: nobody else would.
    """
    if work.report_id:
        return False
    return not work.scheduled_for or batch.scheduled_delivery_id == work.delivery_id


def _obstacle_to(report: Report) -> str:
    """Why a report that is to be sent cannot be: it is being rendered anew, or nobody could open its link."""
    if report.status is not ReportStatus.READY:
        return "report_not_ready"
    return "" if report.recipient.password_hash else "password_missing"
