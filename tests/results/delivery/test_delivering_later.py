"""In the worker, when things have changed since a sending was asked for: only what is still wanted is sent."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from herald.messaging.model import MessageChange, MessageStatus, StatusReport
from herald.messaging.store import MessageStore
from herald.results.batches.model import Chunk
from herald.results.batches.store import BatchStore
from herald.results.delivery.delivering import FollowingDelivery
from herald.results.delivery.model import DeliveryWork, message_id_of, reference_of
from herald.results.delivery.store import DeliveryStore
from herald.results.reports.model import DeliveryStatus, Report, ReportStatus
from herald.results.reports.store import ReportRow, ReportStore, row_at
from herald.values.carrier import CarrierBusy, CarrierRefused
from herald.values.ids import new_id
from tests.support.cloud import stored_items
from tests.support.delivery import DeliveryPipeline, DeliveryRequests, IdleSchedule, delivery_requests, whole
from tests.support.results import NOW, TENANT, current, rendered_batch

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def pipeline(results_cloud: None) -> DeliveryPipeline:
    return DeliveryPipeline()


@pytest.fixture
def schedule() -> IdleSchedule:
    return IdleSchedule()


@pytest.fixture
def requests(pipeline: DeliveryPipeline, schedule: IdleSchedule) -> DeliveryRequests:
    return delivery_requests(pipeline.queue, schedule, pipeline.clock)


def scheduled(requests: DeliveryRequests, schedule: IdleSchedule, report: Report) -> DeliveryWork:
    """The work of a report that is to be sent tomorrow."""
    requests.reports.send(report, delivery_id=new_id(), schedule_time=TOMORROW)
    return schedule.works()[-1]


def scheduled_batch(requests: DeliveryRequests, schedule: IdleSchedule, batch_id: str) -> DeliveryWork:
    """The work of a batch that is to be sent tomorrow."""
    requests.batches.send(TENANT, batch_id, delivery_id=new_id(), schedule_time=TOMORROW)
    return schedule.works()[-1]


def test_a_scheduled_report_is_sent_when_its_time_comes(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    _, (report,) = rendered_batch(1)
    work = scheduled(requests, schedule, report)

    assert pipeline.deliver(work) == {"queued": 1}
    assert pipeline.deliver(work) == {"claimed_before": 1}
    pipeline.follow_all()

    assert (current(report).delivery_status, current(report).scheduled_for) == (DeliveryStatus.QUEUED, None)
    assert len(pipeline.carrier.offers) == 1


def test_a_report_that_was_sent_at_once_instead_is_not_sent_again_when_the_time_comes(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    _, (report,) = rendered_batch(1)
    work = scheduled(requests, schedule, report)
    requests.reports.send(current(report), delivery_id=new_id())
    pipeline.deliver(*pipeline.queue.works())

    assert pipeline.deliver(work) == {}
    assert len(pipeline.carrier.offers) == 1


def test_what_was_taken_back_is_not_sent_even_if_its_time_comes(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    batch, (report,) = rendered_batch(1)
    works = [scheduled(requests, schedule, report)]
    requests.reports.cancel(current(report))
    works.append(scheduled_batch(requests, schedule, batch.batch_id))
    requests.batches.cancel(TENANT, batch.batch_id)

    assert [pipeline.deliver(work) for work in works] == [{}, {}]
    assert pipeline.carrier.offers == []


def test_a_scheduled_batch_is_sent_to_those_who_got_nothing_until_then(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    batch, reports = rendered_batch(3)
    work = scheduled_batch(requests, schedule, batch.batch_id)
    requests.reports.send(reports[0], delivery_id=new_id())
    pipeline.deliver(*pipeline.queue.works())
    scheduled(requests, schedule, reports[1])

    assert pipeline.deliver(work) == {"queued": 1}

    assert pipeline.phones() == [reports[0].recipient.phone, reports[2].recipient.phone]
    assert current(reports[1]).delivery_status is DeliveryStatus.SCHEDULED


def test_nothing_of_a_deleted_batch_is_sent(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(2)
    BatchStore().mark_deleted(batch, now=NOW)

    assert pipeline.deliver(whole(batch)) == {"unwanted": 25}
    assert pipeline.carrier.offers == []


def test_texts_stop_leaving_soon_after_their_batch_was_deleted(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(20)

    def delete_at_the_third() -> None:
        if len(pipeline.carrier.offers) == 3:
            BatchStore().mark_deleted(batch, now=NOW)

    pipeline.carrier.on_offer = delete_at_the_third

    assert pipeline.deliver(whole(batch)) == {"queued": 4, "unwanted": 20}


def test_what_a_busy_carrier_kept_waiting_is_sent_also_if_the_batch_is_sent_anew_meanwhile(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    batch, reports = rendered_batch(3)
    work = scheduled_batch(requests, schedule, batch.batch_id)
    taken, pipeline.carrier.answer = pipeline.carrier.answer, CarrierBusy()
    pipeline.deliver(work)
    (postponed,) = pipeline.queue.works()
    pipeline.carrier.answer = taken
    pipeline.carrier.offers.clear()
    requests.batches.send(TENANT, batch.batch_id, delivery_id=new_id())
    anew = pipeline.queue.works()[-1]

    assert pipeline.deliver(postponed) == {"queued": 1}
    assert pipeline.deliver(anew) == {"queued": 2}

    assert pipeline.phones() == [report.recipient.phone for report in reports]


def test_nothing_is_divided_for_a_schedule_that_was_replaced(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    batch, _ = rendered_batch(30)
    work = scheduled_batch(requests, schedule, batch.batch_id)
    requests.batches.cancel(TENANT, batch.batch_id)

    assert pipeline.deliver(work) == {"unwanted": 31}
    assert pipeline.queue.works() == []


@pytest.mark.parametrize("schedule_time", [None, TOMORROW])
def test_what_is_taken_back_after_the_worker_has_read_it_is_not_sent(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule, schedule_time: datetime | None
) -> None:
    _, (report,) = rendered_batch(1)
    requests.reports.send(report, delivery_id=new_id(), schedule_time=schedule_time)
    (work,) = [*pipeline.queue.works(), *schedule.works()]

    class ReadBeforeItIsTakenBack(ReportStore):
        def chunk(self, tenant_id: str, batch_id: str, chunk: Chunk) -> list[Report]:
            rows = super().chunk(tenant_id, batch_id, chunk)
            now = rows[0]
            assert DeliveryStore().withdraw(
                now.place, now=NOW, delivery_id=now.delivery_id, from_statuses=[now.delivery_status]
            )
            return rows

    late = DeliveryPipeline(reports=ReadBeforeItIsTakenBack())

    assert late.deliver(work) == {}
    assert late.carrier.offers == []
    assert current(report).delivery_status is DeliveryStatus.NOT_SENT


def test_a_report_left_behind_by_a_released_claim_goes_back_to_not_sent_if_it_is_rendered_anew(
    pipeline: DeliveryPipeline,
) -> None:
    batch, (report,) = rendered_batch(1)
    pipeline.carrier.answer, pipeline.carrier.on_offer = CarrierBusy(), pipeline.follow_all
    pipeline.deliver(whole(batch))
    assert current(report).delivery_status is DeliveryStatus.SENDING
    _render_anew(report)

    assert pipeline.deliver(*pipeline.queue.works()) == {}

    now = current(report)
    assert (now.delivery_status, now.delivery_error) == (DeliveryStatus.NOT_SENT, "report_not_ready")


def test_a_report_whose_text_may_be_on_its_way_is_not_taken_back_if_it_is_rendered_anew(
    pipeline: DeliveryPipeline,
) -> None:
    batch, (report,) = rendered_batch(1)
    work = whole(batch)
    pipeline.carrier.on_offer = pipeline.follow_all
    pipeline.deliver(work)
    assert current(report).delivery_status is DeliveryStatus.SENDING
    _render_anew(report)

    pipeline.deliver(work)

    assert current(report).delivery_status is DeliveryStatus.SENDING


def test_a_report_that_waits_for_a_text_that_left_before_is_moved_to_where_that_is(pipeline: DeliveryPipeline) -> None:
    batch, (report,) = rendered_batch(1)
    work = whole(batch)
    pipeline.carrier.answer = CarrierRefused("21610")
    pipeline.deliver(work)
    message_id = current(report).delivery_id
    assert current(report).delivery_status is DeliveryStatus.QUEUED

    assert pipeline.deliver(work) == {"claimed_before": 1}

    now = current(report)
    assert (now.delivery_id, now.delivery_status, now.delivery_error) == (message_id, DeliveryStatus.FAILED, "21610")


def test_a_request_that_comes_once_more_after_a_newer_one_is_answered_as_the_text_it_was(
    pipeline: DeliveryPipeline, requests: DeliveryRequests
) -> None:
    _, (report,) = rendered_batch(1)
    first, newer = new_id(), new_id()
    for delivery_id in (first, newer):
        requests.reports.send(current(report), delivery_id=delivery_id)
        pipeline.deliver(pipeline.queue.works()[-1])
        pipeline.follow_all()
        MessageStore().advance(StatusReport(TENANT, message_id_of(delivery_id, report), MessageStatus.DELIVERED, "SM1"))
        pipeline.follow_all()

    answer = requests.reports.send(current(report), delivery_id=first)

    assert (answer.status, answer.scheduled_for, answer.password) == (DeliveryStatus.DELIVERED, None, None)
    assert (current(report).delivery_id, current(report).delivery_status) == (
        message_id_of(newer, report),
        DeliveryStatus.DELIVERED,
    )
    assert (len(pipeline.queue.messages), len(pipeline.carrier.offers)) == (2, 2)


def test_nothing_of_a_text_is_kept_with_its_message(pipeline: DeliveryPipeline) -> None:
    batch, (report,) = rendered_batch(1)

    pipeline.deliver(whole(batch, text="{name}: {link}"))

    [message] = stored_items("MESSAGES_TABLE")
    assert [offer.to for offer in pipeline.carrier.offers] == [report.recipient.phone]
    assert not [word for word in (report.recipient.phone, report.recipient.name, "token=") if word in str(message)]


def test_a_deleted_report_is_not_sent(pipeline: DeliveryPipeline, requests: DeliveryRequests) -> None:
    _, (report,) = rendered_batch(1)
    requests.reports.send(report, delivery_id=new_id())
    row_at(report.place).delete()

    assert pipeline.deliver(*pipeline.queue.works()) == {}
    assert pipeline.carrier.offers == []


@pytest.mark.parametrize("schedule_time", [None, TOMORROW])
def test_a_report_that_is_being_rendered_anew_goes_back_to_not_sent_and_says_why(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule, schedule_time: datetime | None
) -> None:
    _, (report,) = rendered_batch(1)
    requests.reports.send(report, delivery_id=new_id(), schedule_time=schedule_time)
    row_at(report.place).update(actions=[ReportRow.status.set(ReportStatus.PENDING)])

    (work,) = [*pipeline.queue.works(), *schedule.works()]
    assert pipeline.deliver(work) == {}

    now = current(report)
    assert (now.delivery_status, now.delivery_error) == (DeliveryStatus.NOT_SENT, "report_not_ready")
    assert pipeline.carrier.offers == []


def test_a_batchs_row_without_a_password_is_not_sent_and_says_why(pipeline: DeliveryPipeline) -> None:
    batch, (report,) = rendered_batch(1, password="")

    assert pipeline.deliver(whole(batch)) == {}

    now = current(report)
    assert (now.delivery_status, now.delivery_error) == (DeliveryStatus.NOT_SENT, "password_missing")
    assert pipeline.carrier.offers == []


def test_a_text_that_its_values_make_too_long_fails_that_row_alone(pipeline: DeliveryPipeline) -> None:
    batch, reports = rendered_batch(2)
    row_at(reports[0].place).update(actions=[ReportRow.values.set({"note": "x" * 2000})])

    assert pipeline.deliver(whole(batch, text="{note}: {link}")) == {"too_long": 1, "queued": 1}

    now = current(reports[0])
    assert (now.delivery_status, now.delivery_error) == (DeliveryStatus.FAILED, "message_too_long")
    assert pipeline.phones() == [reports[1].recipient.phone]


def test_a_text_has_the_rows_own_values(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(2)

    pipeline.deliver(whole(batch, text="{name}/{link}"))

    assert [offer.body.partition("/")[0] for offer in pipeline.carrier.offers] == ["Person 2", "Person 3"]


def test_without_words_of_the_sender_a_text_is_in_its_readers_language(pipeline: DeliveryPipeline) -> None:
    batch, (report,) = rendered_batch(1)
    row_at(report.place).update(actions=[ReportRow.language.set("es")])

    pipeline.deliver(whole(batch))

    assert pipeline.carrier.offers[0].body.startswith("Person 2, su informe: https://")


def test_somebody_who_sent_stop_shows_as_failed_with_the_carriers_code_and_may_be_tried_again(
    pipeline: DeliveryPipeline, requests: DeliveryRequests
) -> None:
    batch, (report,) = rendered_batch(1)
    pipeline.carrier.answer = CarrierRefused("21610")
    pipeline.deliver(whole(batch))
    pipeline.follow_all()

    assert (current(report).delivery_status, current(report).delivery_error) == (DeliveryStatus.FAILED, "21610")
    assert pipeline.deliver(whole(batch)) == {}
    requests.reports.send(current(report), delivery_id=new_id())
    assert current(report).delivery_error == ""


def _render_anew(report: Report) -> None:
    row_at(report.place).update(actions=[ReportRow.status.set(ReportStatus.PENDING), ReportRow.revision.add(1)])


def _delete(report: Report) -> None:
    row_at(report.place).delete()


@pytest.mark.parametrize(("change", "heard"), [(_render_anew, True), (_delete, False)])
def test_news_of_a_text_is_taken_in_whatever_became_of_its_report(
    pipeline: DeliveryPipeline, change: Callable[[Report], None], *, heard: bool
) -> None:
    batch, (report,) = rendered_batch(1)
    pipeline.deliver(whole(batch))
    message_id = current(report).delivery_id
    change(report)

    following = FollowingDelivery(DeliveryStore(), clock=pipeline.clock)
    told = following.follow(MessageChange(TENANT, message_id, reference_of(report), MessageStatus.DELIVERED))

    assert told is heard
    rows = list(ReportRow.query(f"{TENANT}#batch#{batch.batch_id}", ReportRow.sort.startswith("row#")))
    assert [row.delivery_status for row in rows] == (["delivered"] if heard else [])


def test_another_number_is_kept_for_a_later_time(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    _, (report,) = rendered_batch(1)
    requests.reports.send(report, delivery_id=new_id(), phone="+447700900123", schedule_time=TOMORROW)

    pipeline.deliver(*schedule.works())

    assert pipeline.phones() == ["+447700900123"]


def test_a_corrected_number_is_the_one_that_is_texted(
    pipeline: DeliveryPipeline, requests: DeliveryRequests, schedule: IdleSchedule
) -> None:
    _, (report,) = rendered_batch(1)
    work = scheduled(requests, schedule, report)
    row_at(report.place).update(actions=[ReportRow.phone.set("+12025559999")])

    pipeline.deliver(work)

    assert pipeline.phones() == ["+12025559999"]
