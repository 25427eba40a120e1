from dataclasses import replace
from typing import NoReturn

import pytest

from herald.errors import Conflict
from herald.http.idempotency import LONGEST_KEY, creation_id
from herald.values.clock import epoch_seconds, utc_now
from tests.http.conftest import ADMIN, Shop
from tests.support.cloud import stored_items
from tests.support.requests import Answer

ORDERS = "/api/v1/admin/orders"
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

    [item] = stored_items("IDEMPOTENCY_TABLE")
    end = item["expiration"]
    assert isinstance(end, dict)
    assert 0 <= int(end["N"]) - before - 24 * 3600 <= 60


def test_a_creation_id_is_the_same_under_one_key_and_new_without() -> None:
    tenant = ADMIN.tenant_id
    one = creation_id(tenant, ORDERS, "key-1")

    assert creation_id(tenant, ORDERS, "key-1") == one
    assert len({one, creation_id(tenant, ORDERS, "key-2"), creation_id(tenant, "/other", "key-1")}) == 3
    assert creation_id(OTHER_TENANT.tenant_id, ORDERS, "key-1") != one
    assert creation_id(tenant, ORDERS, "") != creation_id(tenant, ORDERS, "")
