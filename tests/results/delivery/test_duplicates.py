"""A phone gets several texts of one batch only where whoever sends has said that it may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from herald.errors import Unprocessable
from herald.results.batches.model import NO_DUPLICATES, Chunk, SharedPhone
from herald.results.corrections.store import CorrectionStore
from herald.results.delivery.model import DeliveryWork, message_id_of
from herald.results.delivery.store import DeliveryStore
from herald.results.duplicates.store import PhoneIndex
from herald.results.reports.model import DeliveryStatus, Report
from herald.results.reports.store import ReportStore
from herald.values.ids import new_id
from tests.support.corrections import correct
from tests.support.delivery import DeliveryPipeline, DeliveryRequests, FullQueue, IdleSchedule
from tests.support.results import NOW, TENANT, current, found_duplicates, rendered_batch

PARENT, OTHER = "+12025550123", "+12025550124"


def refusal_of_batch(requests: DeliveryRequests, batch_id: str) -> Unprocessable:
    with pytest.raises(Unprocessable) as refused:
        requests.batches.send(TENANT, batch_id, delivery_id=new_id())
    return refused.value


def refusal_of_report(requests: DeliveryRequests, report: Report) -> Unprocessable:
    with pytest.raises(Unprocessable) as refused:
        send(requests, report)
    return refused.value


def sent_unasked(report: Report) -> DeliveryWork:
    """What asks for one report, from somebody who saw no other text."""
    return DeliveryWork(TENANT, report.batch_id, report.row, report.row, new_id(), report_id=report.report_id)


def send(requests: DeliveryRequests, report: Report) -> None:
    requests.reports.send(current(report), delivery_id=new_id())


def test_a_batch_with_a_shared_phone_is_refused_with_its_rows(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, _ = rendered_batch(4, phones=[PARENT, OTHER, PARENT])

    refusal = refusal_of_batch(requests, batch.batch_id)

    assert (refusal.code, refusal.fields) == ("duplicate_phones", {"rows": [[2, 4]], "phones": 1})
    assert "rows 2 and 4" in refusal.message
    assert "allow_duplicates" in refusal.message
    assert queue.messages == []


def test_it_goes_out_where_that_is_meant(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, _ = rendered_batch(2, phones=[PARENT, PARENT])

    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), allow_duplicates=True)

    assert len(queue.messages) == 1


def test_a_batch_for_later_is_asked_the_same(requests: DeliveryRequests, schedule: IdleSchedule) -> None:
    batch, _ = rendered_batch(2, phones=[PARENT, PARENT])

    with pytest.raises(Unprocessable, match="more than one text"):
        requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), schedule_time=NOW + timedelta(days=1))

    assert schedule.entries == {}


def test_a_row_that_was_deleted_since_shares_nothing_any_more(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, reports = rendered_batch(3, phones=[PARENT, PARENT])
    assert CorrectionStore().delete(reports[1], now=NOW)

    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())

    assert len(queue.messages) == 1


def test_more_phones_than_are_listed_are_never_let_through(requests: DeliveryRequests) -> None:
    batch, reports = rendered_batch(42, phones=[f"+1202556{row // 2:04}" for row in range(42)])
    for report in reports[:40:2]:
        assert CorrectionStore().delete(report, now=NOW)

    assert refusal_of_batch(requests, batch.batch_id).fields["phones"] == 1


def test_one_of_two_children_is_sent_and_the_other_asked_about(requests: DeliveryRequests, queue: FullQueue) -> None:
    _, (one, other, _) = rendered_batch(3, phones=[PARENT, PARENT])
    send(requests, one)

    with pytest.raises(Unprocessable) as refused:
        send(requests, other)

    assert (refused.value.code, refused.value.fields["rows"]) == ("duplicate_phones", [[2, 3]])
    requests.reports.send(current(other), delivery_id=new_id(), allow_duplicates=True)
    assert len(queue.messages) == 2


def test_also_a_phone_that_more_phones_than_are_listed_stand_before_is_asked_about(requests: DeliveryRequests) -> None:
    _, reports = rendered_batch(60, phones=[f"+1202556{row // 2:04}" for row in range(60)])
    send(requests, reports[58])

    assert refusal_of_report(requests, reports[59]).fields["rows"] == [[60, 61]]


def test_another_number_than_the_sheets_is_no_duplicate(requests: DeliveryRequests, queue: FullQueue) -> None:
    _, (one, other) = rendered_batch(2, phones=[PARENT, PARENT])
    send(requests, one)

    requests.reports.send(other, delivery_id=new_id(), phone=OTHER)

    assert len(queue.messages) == 2


def test_another_number_that_has_a_text_about_another_row_is_asked_about(requests: DeliveryRequests) -> None:
    _, (one, other) = rendered_batch(2, phones=[PARENT, OTHER])
    send(requests, one)

    with pytest.raises(Unprocessable, match="more than one text"):
        requests.reports.send(other, delivery_id=new_id(), phone=PARENT)


def test_whoever_got_a_text_at_another_number_than_the_sheets_is_not_texted_unasked(requests: DeliveryRequests) -> None:
    batch, (one, other) = rendered_batch(2, phones=[PARENT, OTHER])
    requests.reports.send(one, delivery_id=new_id(), phone=OTHER)

    assert refusal_of_report(requests, other).fields["rows"] == [[2, 3]]
    assert refusal_of_batch(requests, batch.batch_id).fields["rows"] == [[2, 3]]


def test_the_same_request_again_is_not_asked_again(requests: DeliveryRequests) -> None:
    _, (one, other) = rendered_batch(2, phones=[PARENT, PARENT])
    delivery_id = new_id()
    requests.reports.send(one, delivery_id=delivery_id)
    requests.reports.send(other, delivery_id=new_id(), allow_duplicates=True)

    assert requests.reports.send(current(one), delivery_id=delivery_id).status is DeliveryStatus.QUEUED


def test_a_phone_that_a_correction_made_shared_is_asked_about(requests: DeliveryRequests) -> None:
    batch, (one, other, _) = rendered_batch(3, phones=[PARENT, OTHER])
    correct(other, phone=PARENT)

    assert found_duplicates(batch).shared_phones == (SharedPhone("+1202*****23", (2, 3)),)
    assert refusal_of_batch(requests, batch.batch_id).fields == {"rows": [[2, 3]], "phones": 1}
    send(requests, one)
    assert refusal_of_report(requests, other).fields["rows"] == [[2, 3]]


def test_a_phone_that_a_correction_made_the_rows_own_is_not_asked_about(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    batch, (_, other, _) = rendered_batch(3, phones=[PARENT, PARENT])
    correct(other, phone=OTHER)

    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())

    assert found_duplicates(batch) == NO_DUPLICATES
    assert len(queue.messages) == 1


def test_who_got_a_text_before_the_rows_phone_was_corrected_is_not_texted_unasked(requests: DeliveryRequests) -> None:
    batch, (one, other) = rendered_batch(2, phones=[PARENT, OTHER])
    send(requests, one)
    correct(current(one), phone="+12025550125")
    correct(other, phone=PARENT)

    assert refusal_of_report(requests, other).fields["rows"] == [[2, 3]]
    assert refusal_of_batch(requests, batch.batch_id).fields["rows"] == [[2, 3]]


def test_who_got_a_text_before_another_was_planned_and_taken_back_is_not_texted_unasked(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    _, (one, other) = rendered_batch(2, phones=[PARENT, PARENT])
    send(requests, one)
    DeliveryPipeline().deliver(queue.works()[0])
    assert DeliveryStore().advance(
        one.place, DeliveryStatus.DELIVERED, now=NOW, delivery_id=current(one).delivery_id, error_code=""
    )
    requests.reports.send(current(one), delivery_id=new_id(), schedule_time=NOW + timedelta(days=1))
    requests.reports.cancel(current(one))

    assert current(one).delivery_status is DeliveryStatus.NOT_SENT
    assert refusal_of_report(requests, other).fields["rows"] == [[2, 3]]


def test_nothing_is_known_of_a_deleted_reports_phones(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, (one, other) = rendered_batch(2, phones=[PARENT, OTHER])
    send(requests, one)
    correct(current(one), phone="+12025550125")
    correct(other, phone=PARENT)
    assert CorrectionStore().delete(current(one), now=NOW)

    send(requests, other)

    assert [entry.row for entry in PhoneIndex().entries(batch)] == [3]
    assert len(queue.messages) == 2


def test_of_a_row_that_goes_from_phone_to_phone_the_latest_ten_are_known(requests: DeliveryRequests) -> None:
    batch, (one, _) = rendered_batch(2, phones=[PARENT, OTHER])
    send(requests, one)
    for number in range(30, 45):
        correct(current(one), phone=f"+120255501{number}")

    about_it = [entry for entry in PhoneIndex().entries(batch) if entry.row == one.row]

    assert len(about_it) == 11
    assert len([entry for entry in about_it if entry.is_past_text]) == 10


def test_a_batch_whose_sharers_were_all_sent_can_be_sent_again(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, reports = rendered_batch(3, phones=[PARENT, PARENT])
    for report in reports[:2]:
        requests.reports.send(report, delivery_id=new_id(), allow_duplicates=True)

    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())

    assert len(queue.messages) == 3


def test_a_text_that_a_correction_made_a_second_one_is_not_sent(requests: DeliveryRequests, queue: FullQueue) -> None:
    batch, (one, other, third) = rendered_batch(3)
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())
    correct(other, phone=one.recipient.phone)

    pipeline = DeliveryPipeline()
    pipeline.deliver(queue.works()[0])

    assert pipeline.phones() == [one.recipient.phone, third.recipient.phone]
    given_back = current(other)
    assert (given_back.delivery_status, given_back.delivery_error) == (DeliveryStatus.NOT_SENT, "duplicate_phones")


def test_where_it_is_meant_also_what_a_correction_made_a_second_text_is_sent(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    batch, (one, other) = rendered_batch(2)
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id(), allow_duplicates=True)
    correct(other, phone=one.recipient.phone)

    pipeline = DeliveryPipeline()
    pipeline.deliver(queue.works()[0])

    assert pipeline.phones() == [one.recipient.phone] * 2


def test_of_two_who_send_to_one_phone_at_once_not_both_texts_go_out(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    _, (one, other) = rendered_batch(2, phones=[PARENT, PARENT])
    begun = list(DeliveryStatus)
    works = [sent_unasked(report) for report in (one, other)]
    for work, report in zip(works, (one, other), strict=True):
        message_id = message_id_of(work.delivery_id, report)
        assert DeliveryStore().begin(report.place, now=NOW, delivery_id=message_id, from_statuses=begun)

    pipeline = DeliveryPipeline()
    for work in works:
        pipeline.deliver(work)

    assert len(pipeline.phones()) <= 1
    assert "duplicate_phones" in {current(report).delivery_error for report in (one, other)}


def test_a_text_that_is_with_the_carrier_already_is_not_taken_back_as_a_second_one(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    _, (one, other) = rendered_batch(2, phones=[PARENT, OTHER])
    send(requests, one)
    pipeline = DeliveryPipeline()
    pipeline.deliver(queue.works()[0])
    send(requests, other)
    correct(current(other), phone=PARENT)

    pipeline.deliver(queue.works()[0])

    assert current(one).delivery_status is not DeliveryStatus.NOT_SENT
    assert pipeline.phones() == [PARENT]


class CorrectingStore(ReportStore):
    """Somebody corrects a row after the worker has read it."""

    def __init__(self, correct_once: Callable[[], object]) -> None:
        super().__init__()
        self._correct_once: Callable[[], object] | None = correct_once

    def chunk(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
        found = super().chunk(tenant_id, batch_id, chunk)
        correct_now, self._correct_once = self._correct_once, None
        if correct_now is not None:
            correct_now()
        return found


def test_a_phone_that_is_corrected_while_it_is_sent_is_the_one_that_is_texted(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    batch, (one, _) = rendered_batch(2, phones=[PARENT])
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())

    pipeline = DeliveryPipeline(reports=CorrectingStore(lambda: correct(one, phone=OTHER)))
    pipeline.deliver(queue.works()[0])

    assert pipeline.phones()[0] == OTHER
    assert PARENT not in pipeline.phones()


def test_a_phone_that_becomes_a_shared_one_while_it_is_sent_gets_one_text(
    requests: DeliveryRequests, queue: FullQueue
) -> None:
    batch, (_, other) = rendered_batch(2, phones=[PARENT, OTHER])
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())

    pipeline = DeliveryPipeline(reports=CorrectingStore(lambda: correct(other, phone=PARENT)))
    pipeline.deliver(queue.works()[0])

    assert pipeline.phones() == [PARENT]


def test_a_correction_that_saw_no_text_yet_is_done_anew_once_one_is_on_its_way(requests: DeliveryRequests) -> None:
    _, (one, other) = rendered_batch(2, phones=[PARENT, OTHER])
    elsewhere = replace(one, recipient=replace(one.recipient, phone="+12025550125"))
    send(requests, one)

    assert not CorrectionStore().change(one, elsewhere, now=NOW)

    correct(one, phone="+12025550125")
    correct(other, phone=PARENT)
    assert refusal_of_report(requests, other).fields["rows"] == [[2, 3]]
