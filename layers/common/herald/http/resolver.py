"""The door that every endpoint function opens: Powertools' resolver, with our order, errors and headers around it.

What it adds: the caller is known and counted before the body is parsed, so that a stranger learns nothing from
validation; every failure is worded by the path's dialect and carries the request id; an answer that breaks its own
schema is a fault of ours (500); each path answers with and without a trailing slash; one log line per request;
``Idempotency-Key`` is honoured on every POST of a signed-in user, and what signed-in users change is in the audit log.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import orjson
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import ResponseBuilder, Route
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.errors import HeraldError, Invalid, NotFound, TooLarge, Unauthenticated
from herald.http.access import access_rule_of, has_a_secret_in_its_answer
from herald.http.authentication import Admitted, Doorkeeper, StrangerCounted
from herald.http.cors import Cors
from herald.http.dialects import dialect_of, speaks_in_pages
from herald.http.idempotency import IdempotentAnswers
from herald.http.limit_headers import headers_of
from herald.http.problems import VALIDATION_FAILED, Problem, internal_problem, problem_of
from herald.identity.admissions.model import LimitExceeded
from herald.identity.audit.model import Act
from herald.identity.audit.service import AuditLog
from herald.identity.model import Principal, Recipient
from herald.identity.permissions import require
from herald.invocations import Invocation, logged_invocation, stack_of
from herald.runtime.garbage import keep_what_was_imported
from herald.values.clock import to_text, utc_now
from herald.values.ids import new_id

Event = Mapping[str, Any]
Answer = dict[str, Any]

LARGEST_BODY = 6 * 1024 * 1024
"""Lambda's own limit for a synchronous event; larger files go to a presigned URL."""
LONGEST_PATH_PARAMETER = 256
"""Longer than any id or name in a path; DynamoDB's keys end at 2,048 bytes."""
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cache-Control": "no-store",
}
_JSON = "application/json"
_TEXT_TYPES = (_JSON, "application/x-www-form-urlencoded")
_NOBODY = Admitted(None, None)
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class HttpApi(APIGatewayHttpResolver):
    """The routes of one endpoint group, as one Lambda handler (see `handle`)."""

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        *,
        idempotent_answers: IdempotentAnswers | None = None,
        cors: Cors | None = None,
        audit: AuditLog | None = None,
    ) -> None:
        super().__init__(
            enable_validation=True,
            response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
            serializer=_to_json,
            json_body_deserializer=orjson.loads,
        )
        self._doorkeeper = doorkeeper
        self._idempotent_answers = idempotent_answers
        self._other_sites = cors or Cors()
        self._audit = audit
        self._admitted = _NOBODY
        self._created: tuple[str, ...] = ()
        self._problem_page: Callable[[Problem], Response[str]] | None = None
        self._invocation = Invocation("")
        self.exception_handler(HeraldError)(self._answer_error)
        self.exception_handler(RequestValidationError)(self._answer_bad_request)
        self.exception_handler(RequestUnsupportedContentType)(self._answer_bad_content_type)
        self.exception_handler(ResponseValidationError)(self._answer_fault)
        self.exception_handler(Exception)(self._answer_fault)

    @property
    def caller(self) -> Principal:
        """The signed-in user of this request.

        Raises:
            Unauthenticated: the route is not for staff.
        """
        if not isinstance(self._admitted.caller, Principal):
            raise Unauthenticated("Sign in first.")
        return self._admitted.caller

    @property
    def recipient(self) -> Recipient:
        """The person who opened a link, on a route for recipients.

        Raises:
            Unauthenticated: the route is not for recipients.
        """
        if not isinstance(self._admitted.caller, Recipient):
            raise Unauthenticated("Open the link from your message first.")
        return self._admitted.caller

    @property
    def request_id(self) -> str:
        """The id of this request, as its answer and its log line carry it."""
        return self._invocation.request_id

    @property
    def source_ip(self) -> str:
        """The caller's address."""
        return str(self.current_event.raw_event["requestContext"]["http"].get("sourceIp", ""))

    def header(self, name: str) -> str:
        """A header of this request by its name in lower case; empty where it was not sent."""
        return str(self.current_event.raw_event["headers"].get(name) or "")  # the event copies all headers at each look

    def cookie(self, name: str) -> str:
        """A cookie of this request; empty where it was not sent."""
        sent = self.current_event.raw_event.get("cookies") or self.header("cookie").split(";")
        for key, _, value in (str(cookie).strip().partition("=") for cookie in sent):
            if key == name:
                return value
        return ""

    def count_link(self, tenant_id: str, link_id: str) -> None:
        """Counts this request against the limit of the link whose token it brings, on a route open to everyone.

        Raises:
            RateLimited: too many requests.
        """
        self._admitted = replace(self._admitted, admission=self._doorkeeper.count_link(tenant_id, link_id))

    def problem_page(self, page: Callable[[Problem], Response[str]]) -> Callable[[Problem], Response[str]]:
        """Marks what shows the failures of paths that people look at (`speaks_in_pages`)."""
        self._problem_page = page
        return page

    def note(self, **facts: object) -> None:
        """Adds facts to the log line of this request."""
        self._invocation.facts.update(facts)

    def creation_id(self) -> str:
        """The id of what this request creates.

        It is the same for each try under one Idempotency-Key, so that a try which died between its effect and its
        record is recognised by the next.
        """
        key = self._idempotency_key()
        if not key or self._idempotent_answers is None:
            identifier = new_id()
        else:
            identifier = self._idempotent_answers.creation_id(scope=self._idempotency_scope(), key=key)
        self._created = (identifier,)
        return identifier

    def handle(self, event: Event, context: LambdaContext) -> Answer:
        """The Lambda handler: an HTTP API event (payload format 2.0) in, its proxy answer out."""
        keep_what_was_imported()
        event = _normal(event)
        gateways_id = str(event["requestContext"].get("requestId") or context.aws_request_id)
        request_id = _callers_id(event) or gateways_id
        with logged_invocation(request_id) as invocation:
            self._invocation = invocation
            self._admitted, self._created = _NOBODY, ()
            if "origin" in event["headers"]:
                answer = self._answer_other_site(event, context)
            else:
                answer = self.resolve(event, context)
            invocation.outcome = str(answer["statusCode"])
            invocation.facts |= {"method": event["requestContext"]["http"]["method"], "path": event["rawPath"]}
            if request_id != gateways_id:
                invocation.facts["gateway_request_id"] = gateways_id
        answer["headers"] = {**SECURITY_HEADERS, "X-Request-Id": request_id, **(answer.get("headers") or {})}
        return answer

    def _answer_other_site(self, event: dict[str, Any], context: LambdaContext) -> Answer:
        headers = event["headers"]
        if self._other_sites.is_preflight(event["requestContext"]["http"]["method"], headers):
            granted = self._other_sites.of_preflight(headers["origin"])
            return {"statusCode": int(HTTPStatus.NO_CONTENT), "headers": granted, "body": ""}
        answer = self.resolve(event, context)
        answer["headers"] = {**self._other_sites.of_answer(headers["origin"]), **(answer.get("headers") or {})}
        return answer

    def _call_route(self, route: Route, route_arguments: dict[str, str]) -> ResponseBuilder[Any]:
        # Powertools validates the body before any middleware; a stranger must be turned away before that.
        try:
            self._let_in(route)
            _refuse_endless_ids(route_arguments)
            return self._run(route, route_arguments)
        except HeraldError as error:
            answer = self._answer_error(error)
        except Exception as error:  # noqa: BLE001 - what fails around a route (a table, a secret) is worded as well
            answer = self._answer_fault(error)
        return ResponseBuilder(answer, serializer=self._serializer, route=route)

    def _handle_not_found(self, method: str, path: str) -> ResponseBuilder[Any]:
        # Powertools would compile a new route for each unknown path, and ours would ask a stranger to sign in first.
        unknown = NotFound(f"There is nothing at {method} {path}.")
        return ResponseBuilder(self._answer_error(unknown), serializer=self._serializer)

    def _let_in(self, route: Route) -> None:
        if len(self.current_event.body or "") > LARGEST_BODY:
            raise TooLarge("The request body is too large; send files to an upload URL.")
        rule = access_rule_of(route.func)
        authorization = f"Bearer {self.cookie(rule.cookie)}" if rule.cookie else self.header("authorization")
        path = self.context["_path"]  # kept where the route was found; the event works it out anew at each look
        self._admitted = self._doorkeeper.admit(rule, path=path, authorization=authorization, source_ip=self.source_ip)
        if self._admitted.caller is not None:
            self._invocation.tenant_id = self._admitted.caller.tenant_id
        if rule.permission is not None:
            require(self.caller, rule.permission)
        self._check_body_is_readable()

    def _check_body_is_readable(self) -> None:
        # Powertools takes both for a fault of ours. A body with a Content-Encoding, say, reaches us as bytes.
        content_type = self.header("content-type")
        if content_type.startswith("multipart/") and "boundary=" not in content_type:
            raise Invalid("Name the boundary of the form's parts.", fields={"Content-Type": "boundary is missing"})
        if content_type and not content_type.startswith(_TEXT_TYPES):
            return
        try:
            _ = self.current_event.decoded_body
        except ValueError as error:
            raise Invalid("The request body is not UTF-8 text.", fields={"body": "not UTF-8 text"}) from error

    def _run(self, route: Route, route_arguments: dict[str, str]) -> ResponseBuilder[Any]:
        key = self._idempotency_key()
        answers = self._idempotent_answers
        if not key or answers is None or not isinstance(self._admitted.caller, Principal):
            return self._run_on_record(route, route_arguments)
        if has_a_secret_in_its_answer(route.func):
            return answers.run_for_one_body(
                scope=self._idempotency_scope(),
                key=key,
                body=self._body_without_boundary(),
                run=lambda: self._run_on_record(route, route_arguments),
            )
        return answers.replay_or_run(
            scope=self._idempotency_scope(),
            key=key,
            body=self._body_without_boundary(),
            context=self.lambda_context,
            run=lambda: self._run_on_record(route, route_arguments),
        )

    def _run_on_record(self, route: Route, route_arguments: dict[str, str]) -> ResponseBuilder[Any]:
        answer = super()._call_route(route, route_arguments)
        caller, status = self._admitted.caller, answer.response.status_code
        if self._audit is None or not isinstance(caller, Principal) or route.method not in _CHANGING:
            return answer
        if status < HTTPStatus.BAD_REQUEST:
            record, action = (*route_arguments.values(), *self._created), f"{route.method} {route.path}"
            self._audit.record(Act.of(caller, action, record=record, address=self.source_ip, status=status))
        return answer

    def _idempotency_key(self) -> str:
        if self.current_event.raw_event["requestContext"]["http"]["method"].upper() != "POST":
            return ""
        return self.header("idempotency-key")

    def _body_without_boundary(self) -> str:
        # A client draws a new boundary for each try at the same form.
        body = self.current_event.body or ""
        _, found, boundary = self.header("content-type").partition("boundary=")
        if not found or not self.current_event.is_base64_encoded:
            return body
        return base64.b64decode(body).replace(boundary.strip('"').encode(), b"").decode("latin-1")

    def _idempotency_scope(self) -> str:
        query = self.current_event.raw_event.get("rawQueryString", "")
        return f"{self.caller.tenant_id}#{self.caller.user_id}#{self.current_event.path}#{query}"

    def _build_response(self, response_builder: ResponseBuilder[Any]) -> Answer:
        response = response_builder.response
        if response.status_code == HTTPStatus.NO_CONTENT:  # of which Powertools makes the JSON `null`
            response.body = ""
            response.headers.pop("Content-Type", None)
        if self._admitted.admission is not None:
            response.headers.update(headers_of(self._admitted.admission))
        return super()._build_response(response_builder)

    def _answer_error(self, error: HeraldError) -> Response[Any]:
        problem = problem_of(error, request_id=self.request_id, timestamp=to_text(utc_now()))
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._answer_fault(error)
        if isinstance(error, LimitExceeded | StrangerCounted):
            self._admitted = replace(self._admitted, admission=error.admission)
        return self._answer_problem(problem)

    def _answer_bad_request(self, error: RequestValidationError) -> Response[Any]:
        fields = {_field_name(fault): _reason(fault) for fault in error.errors()}
        return self._answer_error(Invalid(VALIDATION_FAILED, fields=fields))

    def _answer_bad_content_type(self, _error: RequestUnsupportedContentType) -> Response[Any]:
        return self._answer_error(Invalid("Send JSON.", fields={"Content-Type": "this type is not understood here"}))

    def _answer_fault(self, error: Exception) -> Response[Any]:
        self.note(fault=type(error).__name__, stack=stack_of(error))
        return self._answer_problem(internal_problem(request_id=self.request_id, timestamp=to_text(utc_now())))

    def _answer_problem(self, problem: Problem) -> Response[Any]:
        answer = self._word(problem)
        if problem.retry_after is not None:
            answer.headers["Retry-After"] = str(problem.retry_after)
        if problem.status == HTTPStatus.UNAUTHORIZED:
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    def _word(self, problem: Problem) -> Response[Any]:
        path = self.current_event.path
        if self._problem_page is not None and speaks_in_pages(path):
            return self._problem_page(problem)
        return Response(int(problem.status), _JSON, dialect_of(path)(problem), headers={})


def redirect_to(url: str) -> Response[str]:
    """302 to a short-lived address."""
    return Response(status_code=int(HTTPStatus.FOUND), content_type="text/plain", body="", headers={"Location": url})


def _to_json(body: object) -> str:
    return orjson.dumps(body, default=str).decode()


def _refuse_endless_ids(route_arguments: Mapping[str, str]) -> None:
    if any(len(value) > LONGEST_PATH_PARAMETER for value in route_arguments.values()):
        raise NotFound("There is nothing with so long an id.")


def _callers_id(event: Event) -> str:
    """The id that the caller gave the request, where it may stand in a log line and a header; else empty."""
    request_id = str(event["headers"].get("x-request-id", ""))
    return request_id if request_id and _SANE_REQUEST_ID.fullmatch(request_id) else ""


def _normal(event: Event) -> dict[str, Any]:
    """An event whose path has no trailing slash, and whose header names and media type are in lower case."""
    path = str(event["rawPath"]).rstrip("/") or "/"
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    if "content-type" in headers:
        media_type, semicolon, parameters = headers["content-type"].partition(";")
        headers["content-type"] = f"{media_type.lower()}{semicolon}{parameters}"
    return {**event, "rawPath": path, "headers": headers}


def _field_name(fault: Mapping[str, Any]) -> str:
    # The first part says where the field stands; for broken JSON the second is only a position in the text.
    names = [] if fault["type"] == "json_invalid" else fault["loc"][1:]
    return ".".join(map(str, names)) or "body"


def _reason(fault: Mapping[str, Any]) -> str:
    return "this field is required" if fault["type"] == "missing" else str(fault["msg"])
