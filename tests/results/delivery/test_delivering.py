"""In the worker: each report gets its link and its text, at most once, and is followed until it arrives."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.errors import Unavailable
from herald.messaging.model import MessageChange, MessageStatus, Reference, StatusReport
from herald.messaging.service import CLAIM_SETTLES_WITHIN
from herald.messaging.store import MessageStore
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.delivery.delivering import FollowingDelivery
from herald.results.delivery.model import TEXTS_PER_CHUNK, DeliveryWork, message_id_of, place_of, reference_of
from herald.results.delivery.store import DeliveryStore
from herald.results.links.service import LinkAccess
from herald.results.links.store import LinkStore
from herald.results.rendering.model import Rendered
from herald.results.reports.model import DeliveryStatus, Report
from herald.values.carrier import CarrierAccepted, CarrierBusy, CarrierRefused, CarrierSilent, CarrierStatus
from herald.values.ids import new_id
from tests.support.delivery import DeliveryPipeline, whole
from tests.support.results import (
    NOW,
    PASSWORD,
    PASSWORDS,
    TENANT,
    add_batch,
    all_reports,
    current,
    fill_batch,
    outcome_store,
    rendered_batch,
    reports_store,
    row_of,
)
from tests.support.tenants import mark, open_again, standings


class Died(Exception):
    """The worker's end."""


@pytest.fixture
def pipeline(results_cloud: None) -> DeliveryPipeline:
    return DeliveryPipeline()


def test_nobody_gets_a_text_of_an_organisation_that_is_closed(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(3)
    mark(TENANT, closed_at=NOW)

    assert pipeline.deliver(whole(batch)).keys() == {"unwanted"}
    assert pipeline.phones() == []

    open_again(TENANT)
    pipeline.clock.advance(60)
    assert pipeline.deliver(whole(batch)) == {"queued": 3}


def test_everybody_gets_one_text_with_a_link_that_opens_their_report(pipeline: DeliveryPipeline) -> None:
    batch, reports = rendered_batch(3)

    assert pipeline.deliver(whole(batch)) == {"queued": 3}

    assert pipeline.phones() == [report.recipient.phone for report in reports]
    links = LinkAccess(
        LinkStore(), BatchStore(), reports_store(), PASSWORDS, standings(pipeline.clock), clock=pipeline.clock
    )
    opened = [links.open(_token(offer.body), PASSWORD).report.report_id for offer in pipeline.carrier.offers]
    assert opened == [report.report_id for report in reports]


def test_a_text_says_what_was_asked_for(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(1)

    pipeline.deliver(whole(batch, text="Dear {name}: {link} (100% {safe})"))

    assert re.fullmatch(
        r"Dear Person 2: https://api\.herald\.example/customer\?token=\w{44} \(100% \{safe\}\)",
        pipeline.carrier.offers[0].body,
    )


def test_a_text_to_somebody_without_a_name_begins_with_the_message(pipeline: DeliveryPipeline) -> None:
    batch = add_batch()
    nameless = row_of(batch, 2)
    fill_batch(batch, [replace(nameless, recipient=replace(nameless.recipient, name=""))])
    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, pdf_key="2.pdf")], now=NOW)

    pipeline.deliver(whole(batch))

    assert pipeline.carrier.offers[0].body.startswith("Your report: https://")


def test_a_text_that_forgot_the_link_gets_it_at_its_end(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(1)

    pipeline.deliver(whole(batch, text="Your results are ready."))

    assert re.fullmatch(r"Your results are ready\. https://\S+\?token=\w{44}", pipeline.carrier.offers[0].body)


def test_another_number_than_the_sheets_may_be_asked_for(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(1)

    pipeline.deliver(whole(batch, phone="+447700900123"))

    assert pipeline.phones() == ["+447700900123"]


def test_only_reports_with_a_pdf_are_sent(pipeline: DeliveryPipeline) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2), row_of(batch, 3, bad=True), row_of(batch, 4)])
    outcome_store().record(TENANT, batch.batch_id, [Rendered(4, "4.pdf")], now=NOW)

    assert pipeline.deliver(whole(batch)) == {"queued": 1}
    assert [report.delivery_status for report in all_reports(batch)] == [
        DeliveryStatus.NOT_SENT,
        DeliveryStatus.NOT_SENT,
        DeliveryStatus.QUEUED,
    ]


def test_the_same_work_twice_sends_nobody_twice(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(3)
    work = whole(batch)

    for _ in range(3):
        pipeline.deliver(work)
        pipeline.follow_all()

    assert len(pipeline.carrier.offers) == 3


def test_a_second_sending_of_the_batch_sends_nobody_twice(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(3)

    pipeline.deliver(whole(batch))
    pipeline.follow_all()

    assert pipeline.deliver(whole(batch)) == {}
    assert len(pipeline.carrier.offers) == 3


def test_a_messages_id_is_the_same_for_each_try_and_another_for_each_delivery() -> None:
    report = row_of(Batch(TENANT, new_id(), "", "", "", "", BatchStatus.PENDING, NOW, NOW), 2)
    delivery_id = new_id()

    assert message_id_of(delivery_id, report) == message_id_of(delivery_id, report)
    assert message_id_of(delivery_id, report) != message_id_of(new_id(), report)


@pytest.mark.parametrize("stream_is_quick", [True, False])
def test_what_a_busy_carrier_did_not_take_is_sent_later(pipeline: DeliveryPipeline, *, stream_is_quick: bool) -> None:
    batch, reports = rendered_batch(3)
    _busy_from(pipeline, 2)
    # The stream may tell the report of the claim before the claim is taken back.
    _after_each_offer(pipeline, pipeline.follow_all if stream_is_quick else lambda: None)

    assert pipeline.deliver(whole(batch)) == {"queued": 1, "postponed": 24 - 2 + 1}

    (postponed,) = pipeline.queue.works()
    pipeline.carrier.answer = CarrierAccepted("SM2", CarrierStatus.QUEUED)
    assert pipeline.deliver(postponed) == {"queued": 2}
    pipeline.follow_all()
    assert (postponed.first_row, postponed.tries) == (3, 1)
    assert [current(report).delivery_status for report in reports] == [DeliveryStatus.QUEUED] * 3


@given(first_row=some.integers(1, 50), rows=some.integers(1, 1_048_576))
def test_work_is_divided_into_parts_that_cover_each_row_once(first_row: int, rows: int) -> None:
    work = DeliveryWork(TENANT, "batch", first_row, first_row + rows - 1, "delivery")
    parts = work.parts()

    assert (parts[0].first_row, parts[-1].last_row) == (work.first_row, work.last_row)
    assert all(one.last_row + 1 == other.first_row for one, other in pairwise(parts))
    assert len(parts) <= 100
    assert (len(parts) == 1) == (rows <= TEXTS_PER_CHUNK)


def test_more_than_a_chunk_is_divided_before_anybody_is_texted(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(60)

    assert pipeline.deliver(replace(whole(batch), last_row=61)) == {"divided": 3}
    for work in pipeline.queue.works():
        pipeline.deliver(work)

    assert len(set(pipeline.phones())) == len(pipeline.phones()) == 60


def test_news_that_comes_late_moves_no_report_back(pipeline: DeliveryPipeline) -> None:
    batch, (report,) = rendered_batch(1)
    pipeline.deliver(whole(batch))
    message_id = current(report).delivery_id

    assert _follow(report, message_id, MessageStatus.DELIVERED)
    assert not _follow(report, message_id, MessageStatus.SENDING)
    assert current(report).delivery_status is DeliveryStatus.DELIVERED


def test_each_postponement_waits_longer_up_to_five_minutes(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(1)
    pipeline.carrier.answer = CarrierBusy()

    work = whole(batch)
    for _ in range(12):
        pipeline.deliver(work)
        work = pipeline.queue.works()[-1]

    assert [delay for _, delay in pipeline.queue.messages] == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]
    with pytest.raises(Unavailable, match="busy"):
        pipeline.deliver(work)


def test_after_silence_a_report_is_unknown_and_a_callback_repairs_it(pipeline: DeliveryPipeline) -> None:
    batch, (report,) = rendered_batch(1)
    pipeline.carrier.answer = CarrierSilent()
    work = whole(batch)

    pipeline.deliver(work)
    pipeline.follow_all()
    assert current(report).delivery_status is DeliveryStatus.UNKNOWN
    pipeline.deliver(work)
    MessageStore().advance(
        StatusReport(TENANT, message_id_of(work.delivery_id, report), MessageStatus.DELIVERED, "SM1")
    )
    pipeline.follow_all()

    assert current(report).delivery_status is DeliveryStatus.DELIVERED
    assert len(pipeline.carrier.offers) == 1


def test_a_refused_number_fails_its_report_with_the_carriers_code(pipeline: DeliveryPipeline) -> None:
    batch, (report,) = rendered_batch(1)
    pipeline.carrier.answer = CarrierRefused("21610")

    assert pipeline.deliver(whole(batch)) == {"failed": 1}
    pipeline.follow_all()

    assert (current(report).delivery_status, current(report).delivery_error) == (DeliveryStatus.FAILED, "21610")


@pytest.mark.parametrize("stream_is_quick", [True, False])
def test_a_worker_that_died_between_claim_and_hand_over_leaves_an_unknown_that_is_never_resent(
    pipeline: DeliveryPipeline, *, stream_is_quick: bool
) -> None:
    batch, (report,) = rendered_batch(1)
    work = whole(batch)
    _after_each_offer(pipeline, _die)
    with pytest.raises(Died):
        pipeline.deliver(work)
    if stream_is_quick:
        pipeline.follow_all()

    pipeline.clock.advance(CLAIM_SETTLES_WITHIN.total_seconds() + 1)
    pipeline.deliver(work)
    pipeline.follow_all()

    assert current(report).delivery_status is DeliveryStatus.UNKNOWN
    assert len(pipeline.carrier.offers) == 1


def test_the_rest_of_a_chunk_is_sent_after_its_worker_died(pipeline: DeliveryPipeline) -> None:
    batch, _ = rendered_batch(3)
    work = whole(batch)
    _after_each_offer(pipeline, _die)
    with pytest.raises(Died):
        pipeline.deliver(work)
    _after_each_offer(pipeline, lambda: None)

    assert pipeline.deliver(work) == {"claimed_before": 1, "queued": 2}


def test_a_late_word_about_an_earlier_delivery_does_not_touch_the_newer_one(pipeline: DeliveryPipeline) -> None:
    batch, (report,) = rendered_batch(1)
    pipeline.deliver(whole(batch))
    first, newer = current(report).delivery_id, new_id()
    DeliveryStore().begin(report.place, now=NOW, delivery_id=newer, from_statuses=list(DeliveryStatus))

    told = [_follow(report, first, status) for status in MessageStatus]

    assert not any(told)
    assert (current(report).delivery_id, current(report).delivery_status) == (newer, DeliveryStatus.QUEUED)


@pytest.mark.parametrize("status", list(MessageStatus))
def test_each_status_of_a_message_is_one_of_its_report(pipeline: DeliveryPipeline, status: MessageStatus) -> None:
    batch, (report,) = rendered_batch(1)
    pipeline.deliver(whole(batch))

    assert _follow(report, current(report).delivery_id, status)
    assert current(report).delivery_status.value == status.value


def test_a_message_about_something_else_is_none_of_our_business(pipeline: DeliveryPipeline) -> None:
    following = FollowingDelivery(DeliveryStore())

    assert not following.follow(MessageChange(TENANT, new_id(), Reference("campaign", "7#1"), MessageStatus.SENT))


def test_a_reference_leads_back_to_its_report(results_cloud: None) -> None:
    _, (report,) = rendered_batch(1)

    assert place_of(TENANT, reference_of(report)) == report.place


def _follow(report: Report, message_id: str, status: MessageStatus) -> bool:
    change = MessageChange(TENANT, message_id, reference_of(report), status)
    return FollowingDelivery(DeliveryStore(), clock=lambda: NOW).follow(change)


def _token(text: str) -> str:
    found = re.search(r"token=(\w+)", text)
    assert found is not None
    return found[1]


def _busy_from(pipeline: DeliveryPipeline, offer: int) -> None:
    pipeline.carrier.answer = CarrierAccepted("SM1", CarrierStatus.QUEUED)
    accepted = pipeline.carrier.send

    def send(*, to: str, body: str, callback_url: str) -> object:
        answer = accepted(to=to, body=body, callback_url=callback_url)
        return CarrierBusy() if len(pipeline.carrier.offers) == offer else answer

    pipeline.carrier.send = send  # type: ignore[method-assign,assignment]  # busy at one offer, tame at the others


def _after_each_offer(pipeline: DeliveryPipeline, act: Callable[[], object]) -> None:
    pipeline.carrier.on_offer = act


def _die() -> None:
    raise Died
