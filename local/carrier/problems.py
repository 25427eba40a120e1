"""The errors Twilio answers with, in its own words and numbers (https://www.twilio.com/docs/api/errors)."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import NoReturn

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


@dataclass(frozen=True)
class Problem:
    """One Twilio error: its code, its sentence (``{}`` stands for the offending value) and its HTTP status."""

    code: int
    message: str
    status: HTTPStatus = HTTPStatus.BAD_REQUEST

    def refuse(self, value: str = "") -> NoReturn:
        """Answer the request with this problem.

        Raises:
            Refusal: always; ``answer_refusal`` renders it.
        """
        raise Refusal(self, self.message.format(value))


class Refusal(Exception):
    """The request ends here, with a Twilio error."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message


INVALID_PARAMETER = Problem(20001, "Invalid parameter: {}")
UNAUTHENTICATED = Problem(20003, "Authenticate", HTTPStatus.UNAUTHORIZED)
METHOD_NOT_ALLOWED = Problem(20004, "Method not allowed", HTTPStatus.METHOD_NOT_ALLOWED)
NOT_FOUND = Problem(20404, "The requested resource {} was not found", HTTPStatus.NOT_FOUND)
TOO_MANY_REQUESTS = Problem(20429, "Too Many Requests", HTTPStatus.TOO_MANY_REQUESTS)
SERVER_ERROR = Problem(20500, "Internal Server Error", HTTPStatus.INTERNAL_SERVER_ERROR)
INVALID_RECIPIENT = Problem(21211, "Invalid 'To' Phone Number: {}")
INVALID_SENDER = Problem(21212, "Invalid 'From' Number: {}")
SAME_NUMBER = Problem(21266, "'To' and 'From' number cannot be the same: {}")
REGION_NOT_PERMITTED = Problem(21408, "Permission to send an SMS has not been enabled for the region of {}")
MISSING_BODY = Problem(21602, "Message body is required.")
MISSING_SENDER = Problem(21603, "A 'From' phone number is required.")
MISSING_RECIPIENT = Problem(21604, "A 'To' phone number is required.")
INVALID_STATUS_CALLBACK = Problem(21609, "The 'StatusCallback' URL {} is not a valid URL.")
UNSUBSCRIBED = Problem(21610, "Attempt to send to unsubscribed recipient")
UNROUTABLE = Problem(21612, "The message cannot be sent with the current combination of 'To' ({}) and 'From'")
NOT_MOBILE = Problem(21614, "'To' number is not a valid mobile number: {}")
BODY_TOO_LONG = Problem(21617, "The concatenated message body exceeds the 1600 character limit")


def answer_refusal(_request: Request, error: Exception) -> Response:
    """A refusal as Twilio writes it: code, message, more_info and status."""
    if not isinstance(error, Refusal):
        raise error
    return _answer(error.problem, error.message)


def answer_http_exception(request: Request, error: Exception) -> Response:
    """What the router refuses (unknown path, wrong method), in the same form."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return _answer(METHOD_NOT_ALLOWED, METHOD_NOT_ALLOWED.message)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return _answer(NOT_FOUND, NOT_FOUND.message.format(request.url.path))
    problem = Problem(INVALID_PARAMETER.code, error.detail, HTTPStatus(error.status_code))
    return _answer(problem, error.detail)


def answer_server_error(_request: Request, _error: Exception) -> Response:
    """A defect of the carrier itself, without its insides; the trace goes to the log."""
    return _answer(SERVER_ERROR, SERVER_ERROR.message)


def _answer(problem: Problem, message: str) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if problem is UNAUTHENTICATED else {}
    if problem is TOO_MANY_REQUESTS:
        headers["Retry-After"] = "1"
    content = {
        "code": problem.code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{problem.code}",
        "status": problem.status,
    }
    return JSONResponse(content, status_code=problem.status, headers=headers)
