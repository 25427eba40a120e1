"""A message is sent at most once, and followed until it arrives."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from herald.messaging.model import MessageStatus, StatusReport
from herald.messaging.service import CLAIM_SETTLES_WITHIN, CarrierReports, TryAgainLater
from herald.messaging.store import MessageStore
from herald.values.carrier import CarrierBusy, CarrierRefused, CarrierReport, CarrierSilent, CarrierStatus
from herald.values.ids import new_id
from tests.messaging.outbox import (
    REFERENCE,
    TENANT,
    FakeCarrier,
    claim,
    claimed_message,
    hand_over,
    messenger_over,
    stored,
)
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_a_message_is_claimed_once(cloud: None, clock: FakeClock) -> None:
    messenger, message_id = messenger_over(FakeCarrier(), clock), new_id()

    assert [claim(messenger, message_id) for _ in range(3)] == [True, False, False]


def test_of_many_who_claim_at_once_one_may_send(cloud: None, clock: FakeClock) -> None:
    messenger, message_id = messenger_over(FakeCarrier(), clock), new_id()

    with ThreadPoolExecutor(8) as workers:
        claims = list(workers.map(lambda _: claim(messenger, message_id), range(16)))

    assert claims.count(True) == 1


def test_two_tenants_may_use_the_same_message_id(cloud: None, clock: FakeClock) -> None:
    messenger, message_id = messenger_over(FakeCarrier(), clock), claimed_message()

    assert messenger.claim(tenant_id=new_id(), message_id=message_id, body="", reference=REFERENCE)


def test_an_accepted_message_keeps_the_carriers_id(cloud: None, clock: FakeClock) -> None:
    carrier, message_id = FakeCarrier(), claimed_message()

    assert hand_over(messenger_over(carrier, clock), message_id) is MessageStatus.QUEUED
    assert (stored(message_id).status, stored(message_id).carrier_id) == (MessageStatus.QUEUED, "SM1")
    assert carrier.offers[0].callback_url.endswith(f"?tenant={TENANT}&message={message_id}")


def test_the_link_in_a_text_is_sent_and_not_kept(cloud: None, clock: FakeClock) -> None:
    carrier, message_id = FakeCarrier(), claimed_message()

    hand_over(messenger_over(carrier, clock), message_id)

    assert "https://" in carrier.offers[0].body
    assert "https://" not in stored(message_id).body


def test_a_refused_message_failed_with_the_carriers_code(cloud: None, clock: FakeClock) -> None:
    message_id = claimed_message()

    assert hand_over(messenger_over(FakeCarrier(CarrierRefused("21610")), clock), message_id) is MessageStatus.FAILED
    assert (stored(message_id).status, stored(message_id).error_code) == (MessageStatus.FAILED, "21610")


def test_a_busy_carrier_releases_the_claim_so_that_the_message_may_be_offered_again(
    cloud: None, clock: FakeClock
) -> None:
    message_id, messenger = claimed_message(), messenger_over(FakeCarrier(CarrierBusy()), clock)

    with pytest.raises(TryAgainLater):
        hand_over(messenger, message_id)

    assert MessageStore().get(TENANT, message_id) is None
    assert claim(messenger, message_id)


def test_a_release_leaves_a_message_alone_that_has_moved_on(cloud: None) -> None:
    message_id = claimed_message()
    MessageStore().advance(StatusReport(TENANT, message_id, MessageStatus.SENT, "SM1"))

    MessageStore().release(TENANT, message_id)

    assert stored(message_id).status is MessageStatus.SENT


def test_after_silence_nobody_knows_and_the_callback_repairs_it(cloud: None, clock: FakeClock) -> None:
    message_id, messenger = claimed_message(), messenger_over(FakeCarrier(CarrierSilent()), clock)

    assert hand_over(messenger, message_id) is MessageStatus.UNKNOWN
    assert not claim(messenger, message_id)
    assert CarrierReports(MessageStore()).record(
        CarrierReport(CarrierStatus.DELIVERED, "SM7"), tenant_id=TENANT, message_id=message_id
    )

    assert (stored(message_id).status, stored(message_id).carrier_id) == (MessageStatus.DELIVERED, "SM7")


def test_a_callback_that_overtakes_the_answer_is_not_undone_by_it(cloud: None, clock: FakeClock) -> None:
    message_id = claimed_message()
    delivered = StatusReport(TENANT, message_id, MessageStatus.DELIVERED, "SM1")
    carrier = FakeCarrier(on_offer=lambda: MessageStore().advance(delivered))

    hand_over(messenger_over(carrier, clock), message_id)

    assert stored(message_id).status is MessageStatus.DELIVERED


def test_a_claim_whose_owner_died_becomes_unknown_and_is_never_sent_again(cloud: None, clock: FakeClock) -> None:
    carrier, message_id = FakeCarrier(), claimed_message(clock)
    messenger = messenger_over(carrier, clock)

    clock.advance(CLAIM_SETTLES_WITHIN.total_seconds() + 1)

    assert not claim(messenger, message_id)
    assert stored(message_id).status is MessageStatus.UNKNOWN
    assert not claim(messenger, message_id)
    assert carrier.offers == []


def test_a_young_claim_is_left_to_its_owner(cloud: None, clock: FakeClock) -> None:
    message_id = claimed_message(clock)

    clock.advance(CLAIM_SETTLES_WITHIN.total_seconds() - 1)

    assert not claim(messenger_over(FakeCarrier(), clock), message_id)
    assert stored(message_id).status is MessageStatus.SENDING


def test_the_owner_of_a_claim_that_was_given_up_may_still_tell_what_became_of_it(cloud: None, clock: FakeClock) -> None:
    message_id, messenger = claimed_message(clock), messenger_over(FakeCarrier(), clock)
    clock.advance(CLAIM_SETTLES_WITHIN.total_seconds() + 1)
    claim(messenger, message_id)

    hand_over(messenger, message_id)

    assert stored(message_id).status is MessageStatus.QUEUED
