"""Asking for reports to be sent, now or at a later time: checked, recorded and handed on at the door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from herald.errors import Unprocessable
from herald.messaging.model import Message
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.delivery.wording import check_columns, columns_in, in_plain_form
from herald.results.delivery.work import DeliveryWork, Work, message_id_of
from herald.results.passwords import ReportPasswords
from herald.results.reports.model import DeliveryStatus, Place, Report
from herald.values.clock import Clock, to_text, utc_now
from herald.values.page import Page

LONGEST_AHEAD = timedelta(days=365)
_STILL_NOW = timedelta(minutes=1)
"""How long ago a moment may be and still mean now: clocks differ."""
_SOONEST = timedelta(seconds=5)
"""What is nearer than this is sent now: a schedule must be made before it is due."""
_ROWS_LOOKED_AT = 10
_MAY_BE_SENT_FROM = [
    DeliveryStatus.NOT_SENT,
    DeliveryStatus.SCHEDULED,
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.UNDELIVERED,
    DeliveryStatus.FAILED,
    DeliveryStatus.UNKNOWN,
]


class Reports(Protocol):
    """Where reports are recorded."""

    def page(self, tenant_id: str, batch_id: str, *, size: int, cursor: str | None) -> Page[Report]:
        """A batch's reports in the order of the sheet."""
        ...


class Deliveries(Protocol):
    """Where it is recorded how deliveries stand."""

    def begin_delivery(
        self,
        place: Place,
        *,
        now: datetime,
        delivery_id: str,
        from_statuses: Sequence[DeliveryStatus],
        scheduled_for: datetime | None = None,
    ) -> bool:
        """Queues or schedules a report for a new delivery; False where its present one is not in ``from_statuses``."""
        ...

    def take_back(
        self,
        place: Place,
        *,
        now: datetime,
        delivery_id: str,
        from_statuses: Sequence[DeliveryStatus],
        error_code: str = "",
    ) -> bool:
        """Makes a report one that was not sent; False where its delivery is another, or further."""
        ...


class Messages(Protocol):
    """Where messages are kept."""

    def get(self, tenant_id: str, message_id: str) -> Message | None:
        """A message, or ``None``."""
        ...


class PasswordRecords(Protocol):
    """Where passwords are recorded."""

    def give(self, place: Place, password_hash: str) -> bool:
        """Gives a report a password; False where it has one."""
        ...


class Schedule(Protocol):
    """What puts a message on the delivery queue at a moment."""

    def put_once(self, name: str, moment: datetime, message: Mapping[str, object]) -> bool:
        """Sends a message at a moment; False where one of that name waits already."""
        ...

    def delete(self, name: str) -> None:
        """Takes a message back; harmless where it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Requested:
    """What was asked for: for when (``None``: now), for how many reports, and a password that is shown this once.

    ``reached`` is where the text is already, if the same was asked for before.
    """

    scheduled_for: datetime | None
    reports: int = 1
    password: str | None = None
    reached: DeliveryStatus | None = None

    @property
    def status(self) -> DeliveryStatus:
        """Where the delivery is."""
        if self.reached is not None:
            return self.reached
        return DeliveryStatus.QUEUED if self.scheduled_for is None else DeliveryStatus.SCHEDULED


@dataclass(frozen=True, slots=True)
class Records:
    """Everything that is looked up and written down where reports are sent."""

    batches: BatchStore
    reports: Reports
    deliveries: Deliveries
    passwords: PasswordRecords
    messages: Messages


class RequestingDelivery:
    """What happens at the door."""

    def __init__(
        self,
        records: Records,
        work: Work,
        schedule: Schedule,
        passwords: ReportPasswords,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = records.batches
        self._reports = records.reports
        self._deliveries = records.deliveries
        self._password_records = records.passwords
        self._messages = records.messages
        self._work = work
        self._schedule = schedule
        self._passwords = passwords
        self._clock = clock

    def send_report(
        self,
        report: Report,
        *,
        delivery_id: str,
        phone: str = "",
        custom_message: str = "",
        schedule_time: datetime | None = None,
    ) -> Requested:
        """Sends one report, also one that was sent before; a delivery that is still scheduled is replaced.

        Args:
            report: it must be ready.
            delivery_id: the same for each try at this request.
            phone: another number than the sheet's, E.164, or empty.
            custom_message: the text, with placeholders (`herald.results.delivery.wording`), or empty for the usual one.
            schedule_time: when, UTC where it has no zone; ``None`` for now.

        Raises:
            Unprocessable: the report is not ready, or is on its way already; the message or the time will not do.
        """
        report.require_pdf()
        message_id = message_id_of(delivery_id, report)
        reached = self._reached_before(report, message_id)
        if reached is not None:
            return Requested(None, password=self._password_for(report, message_id), reached=reached)
        message = in_plain_form(custom_message)
        check_columns(message, [report.values])
        moment = self._moment_of(report, message_id, schedule_time)
        row = report.row
        work = DeliveryWork(
            report.tenant_id, report.batch_id, row, row, delivery_id, phone, message, report_id=report.report_id
        )
        # A schedule without its record comes to nothing; a record without its schedule would be a broken promise.
        if moment is not None:
            self._schedule.put_once(message_id, moment, work.to_message())
        if report.delivery_id != message_id:
            self._begin(report, message_id, moment)
        password = self._password_for(report, message_id)
        if moment is None:
            self._work.send([work.to_message()])
        return Requested(moment, password=password)

    def cancel_report(self, report: Report) -> None:
        """Takes back a delivery that is scheduled: the report was not sent.

        Raises:
            Unprocessable: none is (``not_scheduled``).
        """
        taken_back = report.delivery_status is DeliveryStatus.SCHEDULED and self._deliveries.take_back(
            report.place,
            now=self._clock(),
            delivery_id=report.delivery_id,
            from_statuses=[DeliveryStatus.SCHEDULED],
        )
        if not taken_back:
            raise _not_scheduled()
        self._schedule.delete(report.delivery_id)

    def send_batch(
        self,
        tenant_id: str,
        batch_id: str,
        *,
        delivery_id: str,
        custom_message: str = "",
        schedule_time: datetime | None = None,
    ) -> Requested:
        """Sends the reports of a batch that were never sent, or will not have been by then.

        A batch has one scheduled delivery: a newer one, also one for now, takes its place.

        Returns:
            For when it is, and how many of the batch's reports are ready now.

        Raises:
            Unprocessable: the batch is not completed; some rows have no password; the message or the time will not do;
                somebody else scheduled it at the same moment.
        """
        batch = require_completed(self._batches.get(tenant_id, batch_id))
        _require_passwords(batch)
        message = in_plain_form(custom_message)
        self._check_columns_of(batch, message)
        work = DeliveryWork(tenant_id, batch_id, 1, batch.last_row, delivery_id, custom_message=message)
        if batch.scheduled_delivery_id == delivery_id:
            moment = self._later(batch.scheduled_for)
        else:
            moment = self._checked_moment(schedule_time, batch.retained_until)
        self._replace_schedule(batch, work, moment)
        if moment is None:
            self._work.send([work.to_message()])
        return Requested(moment, reports=batch.successful)

    def cancel_batch(self, tenant_id: str, batch_id: str) -> None:
        """Takes back a batch's delivery that is scheduled.

        Raises:
            Unprocessable: none is, its time has come, or another has just taken its place (``not_scheduled``).
        """
        batch = self._batches.get(tenant_id, batch_id)
        if not batch.scheduled_delivery_id or batch.scheduled_for is None or batch.scheduled_for <= self._clock():
            raise _not_scheduled()
        if not self._batches.unschedule_delivery(batch, now=self._clock()):
            raise _not_scheduled()
        self._schedule.delete(batch.scheduled_delivery_id)

    def _reached_before(self, report: Report, message_id: str) -> DeliveryStatus | None:
        """Where a text is that was sent before the report's present one; ``None`` where there is none."""
        if report.delivery_id in {"", message_id}:
            return None
        message = self._messages.get(report.tenant_id, message_id)
        return DeliveryStatus(message.status.value) if message else None

    def _moment_of(self, report: Report, message_id: str, schedule_time: datetime | None) -> datetime | None:
        if report.delivery_id != message_id:
            return self._checked_moment(schedule_time, report.expires_at)
        if report.delivery_status is DeliveryStatus.NOT_SENT:
            raise Unprocessable("This sending was taken back; ask for a new one.", code="delivery_taken_back")
        return self._later(report.scheduled_for)

    def _begin(self, report: Report, message_id: str, moment: datetime | None) -> None:
        begun = self._deliveries.begin_delivery(
            report.place,
            now=self._clock(),
            delivery_id=message_id,
            from_statuses=_MAY_BE_SENT_FROM,
            scheduled_for=moment,
        )
        if not begun:
            raise Unprocessable("This report is on its way already.", code="delivery_in_progress")
        if report.delivery_status is DeliveryStatus.SCHEDULED:
            self._schedule.delete(report.delivery_id)

    def _password_for(self, report: Report, message_id: str) -> str | None:
        password = self._passwords.generate(message_id)
        password_hash = self._passwords.hash(report.report_id, password)
        if report.recipient.password_hash:
            # The second try of a request that made one shows the same one again.
            return password if report.recipient.password_hash == password_hash else None
        return password if self._password_records.give(report.place, password_hash) else None

    def _check_columns_of(self, batch: Batch, message: str) -> None:
        if not columns_in(message):
            return
        first = self._reports.page(batch.tenant_id, batch.batch_id, size=_ROWS_LOOKED_AT, cursor=None)
        check_columns(message, [report.values for report in first.items])

    def _replace_schedule(self, batch: Batch, work: DeliveryWork, moment: datetime | None) -> None:
        if moment is not None:
            scheduled = replace(work, scheduled_for=to_text(moment))
            self._schedule.put_once(work.delivery_id, moment, scheduled.to_message())
            recorded = self._batches.schedule_delivery(
                batch, delivery_id=work.delivery_id, scheduled_for=moment, now=self._clock()
            )
            if not recorded:
                self._schedule.delete(work.delivery_id)
                raise _schedule_changed()
        elif batch.scheduled_delivery_id:
            self._batches.unschedule_delivery(batch, now=self._clock())
        if batch.scheduled_delivery_id not in {"", work.delivery_id}:
            self._schedule.delete(batch.scheduled_delivery_id)

    def _checked_moment(self, schedule_time: datetime | None, retained_until: datetime | None) -> datetime | None:
        if schedule_time is None:
            return None
        moment, now = in_utc(schedule_time), self._clock()
        if moment < now - _STILL_NOW:
            raise _bad_time("schedule_time_past", "The time to send at is over; leave it out to send now.")
        if moment > now + LONGEST_AHEAD:
            raise _bad_time("schedule_time_too_far", "The time to send at is more than a year ahead.")
        if retained_until is not None and moment >= retained_until:
            raise _bad_time("schedule_time_after_retention", "The report will be deleted before the time to send at.")
        return self._later(moment)

    def _later(self, moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment > self._clock() + _SOONEST else None


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC; one without a zone is taken to be in UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def require_completed(batch: Batch) -> Batch:
    """The batch, whose rows are all settled.

    Raises:
        Unprocessable: ``batch_not_completed``.
    """
    if batch.status is not BatchStatus.COMPLETED:
        raise Unprocessable("The batch is not completed yet.", code="batch_not_completed")
    return batch


def _require_passwords(batch: Batch) -> None:
    if batch.without_password > 0:
        raise Unprocessable(
            f"{batch.without_password} rows have no password: make them with "
            f"POST /api/v1/admin/batches/{batch.batch_id}/passwords, which shows them once.",
            code="password_missing",
            fields={"rows_without_password": batch.without_password},
        )


def _bad_time(code: str, message: str) -> Unprocessable:
    return Unprocessable(message, code=code, fields={"schedule_time": message})


def _schedule_changed() -> Unprocessable:
    return Unprocessable("Somebody else has just scheduled this batch; look at it again.", code="schedule_changed")


def _not_scheduled() -> Unprocessable:
    return Unprocessable("Nothing is scheduled here any more.", code="not_scheduled")
