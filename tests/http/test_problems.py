from http import HTTPStatus

import pytest

from herald import errors
from herald.errors import Conflict, HeraldError, RateLimited
from herald.http.problems import STATUS_OF, internal_problem, problem_of

STATUSES = {
    "Invalid": 400,
    "Unauthenticated": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "Conflict": 409,
    "Gone": 410,
    "TooLarge": 413,
    "Unprocessable": 422,
    "RateLimited": 429,
    "Unavailable": 503,
}


def error_classes() -> dict[str, type[HeraldError]]:
    members = vars(errors).items()
    return {
        name: kind
        for name, kind in members
        if isinstance(kind, type) and issubclass(kind, HeraldError) and kind is not HeraldError
    }


def test_every_error_has_its_status() -> None:
    assert {name: int(STATUS_OF[kind]) for name, kind in error_classes().items()} == STATUSES


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_a_problem_says_what_the_error_said(name: str, status: int) -> None:
    kind = error_classes()[name]
    error = kind("A sentence.", code="a_code", fields={"field": "reason"}, retry_after=7)

    problem = problem_of(error, request_id="request-1", timestamp="2026-11-22T12:00:00.000Z")

    assert (problem.status, problem.code, problem.message) == (status, "a_code", "A sentence.")
    assert (problem.fields, problem.retry_after) == ({"field": "reason"}, 7)
    assert (problem.request_id, problem.timestamp) == ("request-1", "2026-11-22T12:00:00.000Z")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.Invalid, "validation_error"),
        (errors.Unauthenticated, "auth_required"),
        (errors.NotFound, "not_found"),
        (errors.RateLimited, "rate_limited"),
        (errors.HeraldError, "internal_error"),
    ],
)
def test_errors_carry_the_published_codes_unless_they_name_their_own(kind: type[HeraldError], code: str) -> None:
    assert kind("A sentence.").code == code
    assert kind("A sentence.", code="other").code == "other"


def test_a_kind_of_an_error_has_that_errors_status() -> None:
    class VersionConflict(Conflict):
        default_code = "version_conflict"

    problem = problem_of(VersionConflict("It has moved on."), request_id="r", timestamp="t")

    assert (problem.status, problem.code) == (HTTPStatus.CONFLICT, "version_conflict")


def test_an_error_without_a_status_is_ours_and_says_nothing_of_itself() -> None:
    class Surprise(HeraldError):
        pass

    error = Surprise("password hunter2 in row 7", code="secret_code", fields={"row": "7"}, retry_after=3)

    assert problem_of(error, request_id="r", timestamp="t") == internal_problem(request_id="r", timestamp="t")


def test_an_internal_problem_gives_the_number_to_quote() -> None:
    problem = internal_problem(request_id="request-1", timestamp="t")

    assert (problem.status, problem.code, problem.request_id) == (500, "internal_error", "request-1")
    assert not problem.fields


def test_fields_of_an_error_are_its_own_copy() -> None:
    fields: dict[str, object] = {"a": 1}
    error = RateLimited("Too many.", fields=fields)

    fields["b"] = 2

    assert error.fields == {"a": 1}
    assert str(error) == "Too many."
