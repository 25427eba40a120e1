import time
from dataclasses import replace
from typing import NoReturn

import pytest

from herald.errors import Conflict
from herald.http.access import with_a_secret_in_its_answer
from herald.http.idempotency import LARGEST_KEPT, LONGEST_KEY, IdempotentAnswers, IdempotentRequest
from herald.values.clock import epoch_seconds, utc_now
from tests.http.conftest import ADMIN, Order, Receipt, Shop
from tests.support.clock import FakeClock
from tests.support.cloud import stored_items
from tests.support.requests import Answer

ORDERS = "/api/v1/admin/orders"
PASSWORDS = "/api/v1/admin/passwords"
TEA = {"item": "tea"}
OTHER_TENANT = replace(ADMIN, tenant_id="22222222-2222-4222-8222-222222222222")


class FunctionDiedError(BaseException):
    """The function is gone in the middle of its work: nothing in it runs any more."""


def failing(error: BaseException) -> NoReturn:
    raise error


def same(one: Answer, other: Answer) -> bool:
    return (one.status, one.text, one.headers["content-type"]) == (
        other.status,
        other.text,
        other.headers["content-type"],
    )


def test_a_repeated_request_has_the_first_answer_and_no_second_effect(shop: Shop) -> None:
    first = shop.admin.post(ORDERS, TEA, idempotency_key="key-1")
    again = shop.admin.post(ORDERS, TEA, idempotency_key="key-1")

    assert first.status == 201
    assert same(again, first)
    assert len(shop.orders) == 1


def test_the_slash_does_not_make_it_another_request(shop: Shop) -> None:
    first = shop.admin.post(ORDERS, TEA, idempotency_key="key-1")

    assert same(shop.admin.post(ORDERS + "/", TEA, idempotency_key="key-1"), first)
    assert len(shop.orders) == 1


def test_a_key_changes_nothing_about_the_first_answer(shop: Shop) -> None:
    with_key = shop.admin.post(ORDERS, TEA, idempotency_key="key-1")
    without = shop.admin.post(ORDERS, TEA)

    assert set(with_key.body) == set(without.body)
    assert set(with_key.headers) == set(without.headers)


def test_a_redirect_leads_to_the_same_place_each_time(shop: Shop) -> None:
    plain = shop.admin.post(ORDERS + "/links")
    answers = [shop.admin.post(ORDERS + "/links", idempotency_key="key-1") for _ in range(2)]

    for answer in answers:
        assert same(answer, plain)
        assert answer.headers["location"] == "https://files.example/one"


def test_the_same_key_with_another_body_is_refused(shop: Shop) -> None:
    shop.admin.post(ORDERS, TEA, idempotency_key="key-1")

    answer = shop.admin.post(ORDERS, {"item": "coffee"}, idempotency_key="key-1")

    assert (answer.status, answer.body["error"]["code"]) == (422, "idempotency_key_reused")
    assert len(shop.orders) == 1


def test_a_key_may_be_as_long_as_allowed_and_no_longer(shop: Shop) -> None:
    assert shop.admin.post(ORDERS, TEA, idempotency_key="k" * LONGEST_KEY).status == 201

    answer = shop.admin.post(ORDERS, TEA, idempotency_key="k" * (LONGEST_KEY + 1))

    assert (answer.status, list(answer.body["error"]["details"])) == (400, ["Idempotency-Key"])


def test_without_a_key_every_request_counts(shop: Shop) -> None:
    identifiers = {shop.admin.post(ORDERS, TEA).body["id"] for _ in range(2)}

    assert len(identifiers) == 2
    assert stored_items("IDEMPOTENCY_TABLE") == []


def test_a_refused_request_may_be_corrected_under_its_key(shop: Shop) -> None:
    assert shop.admin.post(ORDERS, {"count": 1}, idempotency_key="key-1").status == 400

    assert shop.admin.post(ORDERS, TEA, idempotency_key="key-1").status == 201


@pytest.mark.parametrize(("error", "status"), [(Conflict("Not now."), 409), (RuntimeError("a fault"), 500)])
def test_a_failure_is_not_remembered_and_the_next_try_makes_the_same_thing(
    error: Exception, status: int, shop: Shop
) -> None:
    shop.on_order = lambda: failing(error)
    assert shop.admin.post(ORDERS, TEA, idempotency_key="key-1").status == status
    shop.on_order = lambda: None

    answer = shop.admin.post(ORDERS, TEA, idempotency_key="key-1")

    assert answer.status == 201
    assert shop.orders == [answer.body["id"]] * 2


def test_while_the_first_is_at_work_the_second_is_asked_to_wait(shop: Shop) -> None:
    shop.on_order = lambda: failing(FunctionDiedError())  # its record stays as one at work leaves it
    with pytest.raises(FunctionDiedError):
        shop.admin.post(ORDERS, TEA, idempotency_key="key-1")
    shop.on_order = lambda: None

    answer = shop.admin.post(ORDERS, TEA, idempotency_key="key-1")

    assert (answer.status, answer.headers["retry-after"]) == (409, "1")
    assert answer.body["error"]["code"] == "request_in_progress"
    assert len(shop.orders) == 1


def test_a_request_whose_function_died_is_tried_again_once_it_cannot_be_at_work(shop: Shop) -> None:
    shop.on_order = lambda: failing(FunctionDiedError())
    with pytest.raises(FunctionDiedError):
        shop.admin.send(
            "POST", ORDERS, text='{"item": "tea"}', headers={"idempotency_key": "key-1"}, remaining_milliseconds=-1_000
        )
    shop.on_order = lambda: None

    answer = shop.admin.post(ORDERS, TEA, idempotency_key="key-1")

    assert answer.status == 201
    assert shop.orders == [answer.body["id"]] * 2


@pytest.mark.parametrize("character", ["x", "č", '"'])
def test_an_answer_that_is_too_large_to_be_kept_is_given_once_and_its_effect_stays_one(
    character: str, shop: Shop
) -> None:
    large = {"item": character * 400_000}

    first = shop.admin.post(ORDERS, large, idempotency_key="key-1")
    again = shop.admin.post(ORDERS, large, idempotency_key="key-1")

    assert (first.status, first.body["item"]) == (201, large["item"])
    assert (again.status, again.body["error"]["code"]) == (409, "answer_not_kept")
    assert again.body["error"]["details"] == {"status": 201}
    assert len(shop.orders) == 1


def test_an_answer_that_just_fits_is_kept(shop: Shop) -> None:
    large = {"item": "x" * (LARGEST_KEPT - 500)}

    first = shop.admin.post(ORDERS, large, idempotency_key="key-1")

    assert same(shop.admin.post(ORDERS, large, idempotency_key="key-1"), first)
    assert len(shop.orders) == 1


def test_one_tenants_keys_are_not_anothers(shop: Shop) -> None:
    ours = shop.admin.post(ORDERS, TEA, idempotency_key="key-1")
    theirs = shop.signed_in(OTHER_TENANT).post(ORDERS, TEA, idempotency_key="key-1")

    assert theirs.status == 201
    assert theirs.body["id"] != ours.body["id"]


def test_one_paths_keys_are_not_anothers(shop: Shop) -> None:
    one = shop.admin.post(ORDERS, TEA, idempotency_key="key-1")
    other = shop.admin.post("/api/v1/admin/other-orders", TEA, idempotency_key="key-1")

    assert other.status == 201
    assert other.body["id"] != one.body["id"]


def test_a_stranger_learns_nothing_from_a_key(shop: Shop) -> None:
    shop.admin.post(ORDERS, TEA, idempotency_key="key-1")

    assert shop.stranger.post(ORDERS, TEA, idempotency_key="key-1").status == 401


def test_a_key_on_a_reading_request_is_ignored(shop: Shop) -> None:
    assert shop.admin.get(f"{ORDERS}/7", idempotency_key="k" * 999).status == 200


def test_answers_are_remembered_for_a_day(shop: Shop) -> None:
    before = epoch_seconds(utc_now())
    shop.admin.post(ORDERS, TEA, idempotency_key="key-1")

    [item] = [item for item in stored_items("IDEMPOTENCY_TABLE") if str(item["pk"]).find("answer") >= 0]
    end = item["expiration"]
    assert isinstance(end, dict)
    assert 0 <= int(end["N"]) - before - 24 * 3600 <= 60


# Answers that hold a secret


@pytest.fixture
def secretive(shop: Shop) -> Shop:
    """The shop with a route whose answers must not be kept."""

    @shop.api.post(PASSWORDS, status_code=201)
    @with_a_secret_in_its_answer
    def make_password(order: Order) -> Receipt:
        identifier = shop.api.creation_id()
        shop.orders.append(identifier)
        shop.on_order()
        return Receipt(id=identifier, item=order.item)

    return shop


def test_a_secret_answer_is_made_again_for_the_same_thing_and_kept_nowhere(secretive: Shop) -> None:
    answers = [secretive.admin.post(PASSWORDS, {"item": "hunter2"}, idempotency_key="key-1") for _ in range(2)]

    assert same(*answers)
    assert secretive.orders == [answers[0].body["id"]] * 2
    assert "hunter2" not in str(stored_items("IDEMPOTENCY_TABLE"))


def test_the_key_of_a_secret_answer_with_another_body_is_refused(secretive: Shop) -> None:
    secretive.admin.post(PASSWORDS, TEA, idempotency_key="key-1")

    answers = [secretive.admin.post(PASSWORDS, {"item": "coffee"}, idempotency_key="key-1") for _ in range(2)]

    assert [answer.status for answer in answers] == [422, 422]
    assert answers[0].body["error"]["code"] == "idempotency_key_reused"
    assert len(secretive.orders) == 1


@pytest.mark.parametrize("error", [Conflict("Not now."), RuntimeError("a fault")])
def test_a_request_for_a_secret_that_failed_may_be_corrected_under_its_key(error: Exception, secretive: Shop) -> None:
    secretive.on_order = lambda: failing(error)
    assert secretive.admin.post(PASSWORDS, TEA, idempotency_key="key-1").status >= 400
    secretive.on_order = lambda: None

    assert secretive.admin.post(PASSWORDS, {"item": "coffee"}, idempotency_key="key-1").status == 201


def test_a_repeated_request_for_a_secret_that_fails_does_not_free_its_key(secretive: Shop) -> None:
    secretive.admin.post(PASSWORDS, TEA, idempotency_key="key-1")
    secretive.on_order = lambda: failing(Conflict("Not now."))
    secretive.admin.post(PASSWORDS, TEA, idempotency_key="key-1")
    secretive.on_order = lambda: None

    assert secretive.admin.post(PASSWORDS, {"item": "coffee"}, idempotency_key="key-1").status == 422


def test_a_request_for_a_secret_whose_function_died_can_be_repeated_and_not_changed(secretive: Shop) -> None:
    secretive.on_order = lambda: failing(FunctionDiedError())
    with pytest.raises(FunctionDiedError):
        secretive.admin.post(PASSWORDS, TEA, idempotency_key="key-1")
    secretive.on_order = lambda: None

    assert secretive.admin.post(PASSWORDS, {"item": "coffee"}, idempotency_key="key-1").status == 422
    assert secretive.admin.post(PASSWORDS, TEA, idempotency_key="key-1").status == 201
    assert len(set(secretive.orders)) == 1


def test_the_key_of_a_secret_answer_has_the_usual_length(secretive: Shop) -> None:
    assert secretive.admin.post(PASSWORDS, TEA, idempotency_key="k" * (LONGEST_KEY + 1)).status == 400


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def answers(cloud: None, clock: FakeClock) -> IdempotentAnswers:
    return IdempotentAnswers("IDEMPOTENCY_TABLE", clock=clock)


def test_what_a_request_creates_has_one_id_under_one_key(answers: IdempotentAnswers) -> None:
    one = answers.creation_id(IdempotentRequest("tenant#/orders", "key-1", ""))

    assert answers.creation_id(IdempotentRequest("tenant#/orders", "key-1", "")) == one
    others = {
        answers.creation_id(IdempotentRequest("tenant#/orders", "key-2", "")),
        answers.creation_id(IdempotentRequest("tenant#/other", "key-1", "")),
        answers.creation_id(IdempotentRequest("other#/orders", "key-1", "")),
    }
    assert len(others | {one}) == 4


def test_a_key_used_again_after_its_day_creates_something_new(answers: IdempotentAnswers, clock: FakeClock) -> None:
    one = answers.creation_id(IdempotentRequest("tenant#/orders", "key-1", ""))
    clock.advance(24 * 3600)

    assert answers.creation_id(IdempotentRequest("tenant#/orders", "key-1", "")) != one


def test_what_was_created_under_keys_lists_in_the_order_of_its_creation(answers: IdempotentAnswers) -> None:
    made = []
    for number in range(5):
        made.append(answers.creation_id(IdempotentRequest("tenant#/orders", f"key-{number}", "")))
        wait_for_the_next_millisecond()

    assert made == sorted(made)


def wait_for_the_next_millisecond() -> None:
    now = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == now:
        pass
