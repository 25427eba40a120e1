"""Asking for reports to be sent, now or at a later time: checked, recorded and handed to the delivery queue."""

from dataclasses import replace
from datetime import datetime

from herald.errors import Invalid, Unprocessable
from herald.messaging.store import MessageStore
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.corrections.service import report_busy
from herald.results.corrections.store import CorrectionStore
from herald.results.delivery.duplicates import DuplicateTexts
from herald.results.delivery.model import DeliveryWork, RequestedDelivery, message_id_of
from herald.results.delivery.scheduling import checked_moment, if_later, schedule_name
from herald.results.delivery.store import DeliveryStore, PasswordStore
from herald.results.delivery.wording import check_columns, columns_in, in_plain_form
from herald.results.duplicates.model import phone_mark
from herald.results.passwords import ReportPasswords
from herald.results.ports import Queue, Schedule
from herald.results.reports.model import DeliveryStatus, Report
from herald.results.reports.store import ReportStore
from herald.values.clock import Clock, to_text, utc_now
from herald.values.phone import parse_phone

_ROWS_LOOKED_AT = 10
_NOTHING_WENT = {DeliveryStatus.NOT_SENT, DeliveryStatus.SCHEDULED}
_MAY_BE_SENT_FROM = [
    DeliveryStatus.NOT_SENT,
    DeliveryStatus.SCHEDULED,
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.UNDELIVERED,
    DeliveryStatus.FAILED,
    DeliveryStatus.UNKNOWN,
]


class ReportDelivery:
    def __init__(  # noqa: PLR0913 - all that it works with; one place puts it together
        self,
        deliveries: DeliveryStore,
        password_store: PasswordStore,
        messages: MessageStore,
        queue: Queue,
        schedule: Schedule,
        passwords: ReportPasswords,
        duplicates: DuplicateTexts,
        corrections: CorrectionStore,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._deliveries = deliveries
        self._password_store = password_store
        self._messages = messages
        self._queue = queue
        self._schedule = schedule
        self._passwords = passwords
        self._duplicates = duplicates
        self._corrections = corrections
        self._clock = clock

    def send(
        self,
        report: Report,
        *,
        delivery_id: str,
        phone: str = "",
        custom_message: str = "",
        schedule_time: datetime | None = None,
        allow_duplicates: bool = False,
    ) -> RequestedDelivery:
        """Sends a report, also one that was sent before; a delivery that is still scheduled is replaced.

        Args:
            report: it must be ready.
            delivery_id: the same for each try at this request.
            phone: another number than the sheet's, E.164, or empty.
            custom_message: the text, with placeholders (`herald.results.delivery.wording`), or empty for the usual one.
            schedule_time: when, UTC where it has no zone; ``None`` for now.
            allow_duplicates: whether its phone may have a text of the same batch already, about another row.

        Raises:
            Unprocessable: the report is not ready, or is on its way already; the message or the time will not do; its
                phone has a text of this batch.
        """
        report.require_pdf()
        message_id = message_id_of(delivery_id, report)
        reached = self._reached_before(report, message_id)
        if reached is not None:
            return RequestedDelivery(None, password=self._password_for(report, message_id), reached=reached)
        message = in_plain_form(custom_message)
        check_columns(message, [report.values])
        is_repeated = report.delivery_id == message_id
        if not is_repeated and not allow_duplicates:
            self._duplicates.refuse_for_report(report, phone or report.recipient.phone)
        moment = self._moment_of(report, message_id, schedule_time)
        row = report.row
        work = DeliveryWork(
            report.tenant_id,
            report.batch_id,
            row,
            row,
            delivery_id,
            phone,
            message,
            report_id=report.report_id,
            allow_duplicates=allow_duplicates,
        )
        # A schedule without its record comes to nothing; a record without its schedule would be a broken promise.
        if moment is not None:
            self._schedule.put_once(schedule_name(report.tenant_id, message_id), moment, work.to_message())
        if not is_repeated:
            self._remember_texts(report, phone)
            self._begin(report, message_id, moment)
        password = self._password_for(report, message_id)
        if moment is None:
            self._queue.send([work.to_message()])
        return RequestedDelivery(moment, password=password)

    def cancel(self, report: Report) -> None:
        """Withdraws a delivery that is scheduled: the report was not sent.

        Raises:
            Unprocessable: none is (``not_scheduled``).
        """
        withdrawn = report.delivery_status is DeliveryStatus.SCHEDULED and self._deliveries.withdraw(
            report.place,
            now=self._clock(),
            delivery_id=report.delivery_id,
            from_statuses=[DeliveryStatus.SCHEDULED],
        )
        if not withdrawn:
            raise _not_scheduled()
        self._schedule.delete(schedule_name(report.tenant_id, report.delivery_id))

    def _reached_before(self, report: Report, message_id: str) -> DeliveryStatus | None:
        """Where a text is that was sent before the report's present one; ``None`` where there is none."""
        if report.delivery_id in {"", message_id}:
            return None
        message = self._messages.get(report.tenant_id, message_id)
        return DeliveryStatus(message.status.value) if message else None

    def _moment_of(self, report: Report, message_id: str, schedule_time: datetime | None) -> datetime | None:
        if report.delivery_id != message_id:
            return checked_moment(schedule_time, expires_at=report.expires_at, now=self._clock())
        if report.delivery_status is DeliveryStatus.NOT_SENT:
            raise Unprocessable("This sending was taken back; ask for a new one.", code="delivery_taken_back")
        return if_later(report.scheduled_for, now=self._clock())

    def _remember_texts(self, report: Report, phone: str) -> None:
        """Makes known what the new delivery will not tell of: the text before it, and that it goes to another phone."""
        known = report
        if report.delivery_status not in _NOTHING_WENT:
            known = known.with_text_at(phone_mark(report.batch_id, report.recipient.phone))
        if phone not in {"", report.recipient.phone}:
            known = known.with_text_at(phone_mark(report.batch_id, phone))
        if known.texted_phones == report.texted_phones:
            return
        if not self._corrections.change(report, known, now=self._clock()):
            raise report_busy()

    def _begin(self, report: Report, message_id: str, moment: datetime | None) -> None:
        begun = self._deliveries.begin(
            report.place,
            now=self._clock(),
            delivery_id=message_id,
            from_statuses=_MAY_BE_SENT_FROM,
            scheduled_for=moment,
        )
        if not begun:
            raise Unprocessable("This report is on its way already.", code="delivery_in_progress")
        if report.delivery_status is DeliveryStatus.SCHEDULED:
            self._schedule.delete(schedule_name(report.tenant_id, report.delivery_id))

    def _password_for(self, report: Report, message_id: str) -> str | None:
        password = self._passwords.generate(message_id)
        password_hash = self._passwords.hash(report.report_id, password)
        if report.recipient.password_hash:
            # The second try of a request that made one shows the same one again.
            return password if report.recipient.password_hash == password_hash else None
        return password if self._password_store.give(report.place, password_hash) else None


class BatchDelivery:
    """The use cases of sending the reports of a batch."""

    def __init__(
        self,
        batches: BatchStore,
        reports: ReportStore,
        queue: Queue,
        schedule: Schedule,
        duplicates: DuplicateTexts,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._reports = reports
        self._queue = queue
        self._schedule = schedule
        self._duplicates = duplicates
        self._clock = clock

    def send(
        self,
        tenant_id: str,
        batch_id: str,
        *,
        delivery_id: str,
        custom_message: str = "",
        schedule_time: datetime | None = None,
        allow_duplicates: bool = False,
    ) -> RequestedDelivery:
        """Sends the reports of a batch that were never sent, or will not have been by then.

        A batch has one scheduled delivery: a newer one, also one for now, takes its place. Without
        ``allow_duplicates``, no phone gets several texts.

        Returns:
            For when it is, and how many of the batch's reports are ready now.

        Raises:
            Unprocessable: the batch is not completed; some rows have no password; the message or the time will not do;
                somebody else scheduled it at the same moment; a phone would get several texts (``duplicate_phones``).
        """
        batch = require_completed(self._batches.get(tenant_id, batch_id))
        _require_passwords(batch)
        if not allow_duplicates:
            self._duplicates.refuse_in_batch(batch)
        message = in_plain_form(custom_message)
        self._check_columns(batch, message)
        work = DeliveryWork(tenant_id, batch_id, 1, batch.last_row, delivery_id, custom_message=message)
        work = replace(work, allow_duplicates=allow_duplicates)
        if batch.scheduled_delivery_id == delivery_id:
            moment = if_later(batch.scheduled_for, now=self._clock())
        else:
            moment = checked_moment(schedule_time, expires_at=batch.retained_until, now=self._clock())
        self._replace_schedule(batch, work, moment)
        if moment is None:
            self._queue.send([work.to_message()])
        return RequestedDelivery(moment, reports=batch.successful, failed=batch.total - batch.successful)

    def cancel(self, tenant_id: str, batch_id: str) -> None:
        """Withdraws a batch's delivery that is scheduled.

        Raises:
            Unprocessable: none is, its time has come, or another has just taken its place (``not_scheduled``).
        """
        batch = self._batches.get(tenant_id, batch_id)
        if not batch.scheduled_delivery_id or batch.scheduled_for is None or batch.scheduled_for <= self._clock():
            raise _not_scheduled()
        if not self._batches.unschedule_delivery(batch, now=self._clock()):
            raise _not_scheduled()
        self._schedule.delete(schedule_name(batch.tenant_id, batch.scheduled_delivery_id))

    def _check_columns(self, batch: Batch, message: str) -> None:
        if not columns_in(message):
            return
        first = self._reports.page(batch.tenant_id, batch.batch_id, size=_ROWS_LOOKED_AT, cursor=None)
        check_columns(message, [report.values for report in first.items])

    def _replace_schedule(self, batch: Batch, work: DeliveryWork, moment: datetime | None) -> None:
        if moment is not None:
            self._record_schedule(batch, work, moment)
        elif batch.scheduled_delivery_id:
            self._batches.unschedule_delivery(batch, now=self._clock())
        if batch.scheduled_delivery_id not in {"", work.delivery_id}:
            self._schedule.delete(schedule_name(batch.tenant_id, batch.scheduled_delivery_id))

    def _record_schedule(self, batch: Batch, work: DeliveryWork, moment: datetime) -> None:
        scheduled = replace(work, scheduled_for=to_text(moment))
        self._schedule.put_once(schedule_name(work.tenant_id, work.delivery_id), moment, scheduled.to_message())
        recorded = self._batches.schedule_delivery(
            batch, delivery_id=work.delivery_id, scheduled_for=moment, now=self._clock()
        )
        if not recorded:
            self._schedule.delete(schedule_name(work.tenant_id, work.delivery_id))
            raise Unprocessable(
                "Somebody else has just scheduled this batch; look at it again.", code="schedule_changed"
            )


def customer_phone(written: str, *, country: str) -> str:
    """Another number than the sheet's in E.164, dialled in the batch's country where it has no code; empty for none.

    Raises:
        Invalid: it is no phone number, with the reason under ``customer_phone``.
    """
    if not written.strip():
        return ""
    try:
        return parse_phone(written, default_region=country)
    except Invalid as error:
        raise Invalid(error.message, fields={"customer_phone": error.fields["phone"]}) from error


def require_completed(batch: Batch) -> Batch:
    """The batch, whose rows are all done.

    Raises:
        Unprocessable: ``batch_not_completed``.
    """
    if batch.status is not BatchStatus.COMPLETED:
        raise Unprocessable("The batch is not completed yet.", code="batch_not_completed")
    return batch


def _require_passwords(batch: Batch) -> None:
    if batch.without_password > 0:
        raise Unprocessable(
            f"{batch.without_password} rows have no password: make passwords for this batch; they are shown once.",
            code="password_missing",
            fields={"rows_without_password": batch.without_password},
        )


def _not_scheduled() -> Unprocessable:
    return Unprocessable("Nothing is scheduled here any more.", code="not_scheduled")
