"""What every endpoint function is: Powertools' resolver, with our order, errors and headers around it.

What it adds: the caller is known and counted before the body is parsed, so that a stranger learns nothing from
validation; every failure has the format of the API's contract and carries the request id; an answer that breaks its own
schema is a fault of ours (500); each path answers with and without a trailing slash; one log line per request;
``Idempotency-Key`` is honoured on every POST of a signed-in user, and what signed-in users change is in the audit log.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import orjson
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import ResponseBuilder, Route
from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.errors import Invalid, NotFound, TooLarge, Unauthenticated
from herald.http.access import RENEWAL, access_rule_of, has_a_secret_in_its_answer, is_audited
from herald.http.authentication import Authentication, Authenticator, StrangerRefused
from herald.http.contracts.contract import Contract
from herald.http.cors import Cors
from herald.http.errors import domain_error, error_response, not_json
from herald.http.headers import SECURITY_HEADERS, limit_headers, problem_headers
from herald.http.idempotency import IdempotentAnswers, IdempotentRequest
from herald.http.problems import VALIDATION_FAILED, Problem, problem_of
from herald.http.requests import (
    Event,
    body_without_boundary,
    callers_request_id,
    cookie_of,
    form_fields_of,
    header_of,
    method_of,
    normalized,
    signer_of,
    source_ip_of,
)
from herald.identity.audit.model import AuditEvent
from herald.identity.audit.service import AuditLog
from herald.identity.model import Operator, Principal, Recipient
from herald.identity.permissions import require
from herald.identity.rate_limits.model import LimitExceeded
from herald.identity.sessions.model import Origin
from herald.invocations import Invocation, logged_invocation, stack_of
from herald.values.clock import to_text, utc_now
from herald.values.ids import new_id

Answer = dict[str, Any]
ProblemPage = Callable[[Problem], Response[str]]

LARGEST_BODY = 6 * 1024 * 1024
"""Lambda's own limit for a synchronous event; larger files go to a presigned URL."""
LONGEST_PATH_PARAMETER = 256
"""Longer than any id or name in a path; DynamoDB's keys end at 2,048 bytes."""
_TEXT_TYPES = ("application/json", "application/x-www-form-urlencoded")
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_NOBODY = Authentication()


class HttpApi(APIGatewayHttpResolver):
    """The routes of one endpoint group, as one Lambda handler (see `handle`)."""

    def __init__(
        self,
        authenticator: Authenticator,
        contract: Contract,
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
        self.contract = contract
        self._authenticator = authenticator
        self._idempotent_answers = idempotent_answers
        self._other_sites = cors or Cors()
        self._audit = audit
        self._authentication = _NOBODY
        self._created: tuple[str, ...] = ()
        self._pages: str | None = None
        self._problem_page: ProblemPage | None = None
        self._invocation = Invocation("")
        self.exception_handler(Exception)(self._answer_error)

    @property
    def caller(self) -> Principal:
        """The signed-in user of this request.

        Raises:
            Unauthenticated: the route is not for staff.
        """
        if not isinstance(self._authentication.caller, Principal):
            raise Unauthenticated("Sign in first.")
        return self._authentication.caller

    @property
    def recipient(self) -> Recipient:
        """The person who opened a link, on a route for recipients.

        Raises:
            Unauthenticated: the route is not for recipients.
        """
        if not isinstance(self._authentication.caller, Recipient):
            raise Unauthenticated("Open the link from your message first.")
        return self._authentication.caller

    @property
    def request_id(self) -> str:
        """The id of this request, as its answer and its log line carry it."""
        return self._invocation.request_id

    @property
    def source_ip(self) -> str:
        return source_ip_of(self._event)

    @property
    def origin(self) -> Origin:
        """Where this request comes from."""
        return Origin(self.source_ip, self.header("user-agent"))

    def header(self, name: str) -> str:
        """A header of this request by its name in lower case; empty where it was not sent."""
        return header_of(self._event, name)

    def cookie(self, name: str) -> str:
        """A cookie of this request; empty where it was not sent."""
        return cookie_of(self._event, name)

    def count_link(self, tenant_id: str, link_id: str) -> None:
        """Counts this request against the limit of the link whose token it brings, on a route open to everyone.

        Raises:
            RateLimited: too many requests.
        """
        rate_limit = self._authenticator.count_link(tenant_id, link_id, self.contract.limits.recipient)
        self._authentication = replace(self._authentication, rate_limit=rate_limit)

    def count_session(self, session_id: str) -> None:
        """Counts this request against the limit of the session that it renews, on a route for renewals.

        Raises:
            RateLimited: too many requests.
        """
        rate_limit = self._authenticator.count_session(session_id, RENEWAL)
        self._authentication = replace(self._authentication, rate_limit=rate_limit)

    def problem_page(self, prefix: str) -> Callable[[ProblemPage], ProblemPage]:
        """Marks what shows the failures of paths that people look at with a browser: those under ``prefix``."""

        def mark(page: ProblemPage) -> ProblemPage:
            self._pages, self._problem_page = prefix, page
            return page

        return mark

    def shows_pages_at(self, path: str) -> bool:
        """Whether failures at a path are pages, not JSON."""
        return self._pages is not None and f"{path}/".startswith(f"{self._pages}/")

    def note(self, **facts: object) -> None:
        """Adds facts to the log line of this request."""
        self._invocation.facts.update(facts)

    def creation_id(self) -> str:
        """The id of what this request creates.

        It is the same for each try under one Idempotency-Key, so that a try which died between its effect and its
        record is recognised by the next.
        """
        request = self._idempotent_request()
        if request is None or self._idempotent_answers is None:
            identifier = new_id()
        else:
            identifier = self._idempotent_answers.creation_id(request)
        self._created = (identifier,)
        return identifier

    def handle(self, event: Event, context: LambdaContext) -> Answer:
        """The Lambda handler: an HTTP API event (payload format 2.0) in, its proxy answer out."""
        event = normalized(event)
        gateways_id = str(event["requestContext"].get("requestId") or context.aws_request_id)
        request_id = callers_request_id(event) or gateways_id
        with logged_invocation(request_id, gateways_id=gateways_id) as invocation:
            self._invocation = invocation
            self._authentication, self._created = _NOBODY, ()
            if "origin" in event["headers"]:
                answer = self._answer_other_site(event, context)
            else:
                answer = self.resolve(event, context)
            invocation.outcome = str(answer["statusCode"])
            invocation.facts |= {"method": method_of(event), "path": event["rawPath"]}
            if request_id != gateways_id:
                invocation.facts["gateway_request_id"] = gateways_id
        answer["headers"] = {**SECURITY_HEADERS, "X-Request-Id": request_id, **(answer.get("headers") or {})}
        return answer

    @property
    def _event(self) -> Event:
        return self.current_event.raw_event  # the event's own properties copy and work out anew at each look

    def _answer_other_site(self, event: dict[str, Any], context: LambdaContext) -> Answer:
        headers = event["headers"]
        if self._other_sites.is_preflight(method_of(event), headers):
            granted = self._other_sites.of_preflight(headers["origin"])
            return {"statusCode": int(HTTPStatus.NO_CONTENT), "headers": granted, "body": ""}
        answer = self.resolve(event, context)
        answer["headers"] = {**self._other_sites.of_answer(headers["origin"]), **(answer.get("headers") or {})}
        return answer

    def _call_route(self, route: Route, route_arguments: dict[str, str]) -> ResponseBuilder[Any]:
        # Powertools validates the body before any middleware; a stranger must be turned away before that.
        try:
            self._authenticate(route)
            _refuse_endless_ids(route_arguments)
            self._refuse_unknown_form_fields(route)
            return self._run_once(route, route_arguments)
        except Exception as error:  # noqa: BLE001 - what fails around a route (a table, a secret) is an answer as well
            answer = self._answer_error(error)
            self._audit_answer(route, route_arguments, answer.status_code)
            return ResponseBuilder(answer, serializer=self._serializer, route=route)

    def _handle_not_found(self, method: str, path: str) -> ResponseBuilder[Any]:
        # Powertools would compile a new route for each unknown path, and ours would ask a stranger to sign in first.
        unknown = NotFound(f"There is nothing at {method} {path}.")
        return ResponseBuilder(self._answer_error(unknown), serializer=self._serializer)

    def _authenticate(self, route: Route) -> None:
        if len(self.current_event.body or "") > LARGEST_BODY:
            raise TooLarge("The request body is too large; send files to an upload URL.")
        rule = access_rule_of(route.func)
        authorization = f"Bearer {self.cookie(rule.cookie)}" if rule.cookie else self.header("authorization")
        limits = self._contract.limits
        self._authentication = self._authenticator.authenticate(
            rule,
            limits=limits,
            authorization=authorization,
            source_ip=self.source_ip,
            signer=signer_of(self._event),
        )
        if self._authentication.caller is not None:
            self._invocation.tenant_id = self._authentication.caller.tenant_id
        if rule.permission is not None:
            require(self.caller, rule.permission)
        self._check_body_is_readable(route)

    def _check_body_is_readable(self, route: Route) -> None:
        # Powertools takes both for a fault of ours. A body with a Content-Encoding, say, reaches us as bytes.
        content_type = self.header("content-type")
        if content_type.startswith("multipart/") and "boundary=" not in content_type:
            raise Invalid("Name the boundary of the form's parts.", fields={"Content-Type": "boundary is missing"})
        if content_type.startswith(_FORM_TYPES) and _takes_json(route):
            raise not_json()
        if content_type and not content_type.startswith(_TEXT_TYPES):
            return
        try:
            _ = self.current_event.decoded_body
        except ValueError as error:
            raise Invalid("The request body is not UTF-8 text.", fields={"body": "not UTF-8 text"}) from error

    def _refuse_unknown_form_fields(self, route: Route) -> None:
        """As JSON's are, by name; a route that reads its form itself, as those of a carrier's callbacks, takes all."""
        if not self.header("content-type").startswith(_FORM_TYPES) or not route.dependant.body_params:
            return
        known = {parameter.alias for parameter in route.dependant.body_params}
        sent = Counter(form_fields_of(self._event))
        faults: dict[str, object] = {
            name: "there is no such field in this request" for name in sent if name not in known
        }
        faults |= {name: "it stands there more than once" for name in sent if name in known and sent[name] > 1}
        if faults:
            raise Invalid(VALIDATION_FAILED, fields=faults)

    def _run_once(self, route: Route, route_arguments: dict[str, str]) -> ResponseBuilder[Any]:
        """Runs a route, or gives the answer that it gave to the same request before."""

        def run() -> ResponseBuilder[Any]:
            return self._run_on_record(route, route_arguments)

        request, answers = self._idempotent_request(), self._idempotent_answers
        if request is None or answers is None:
            return run()
        if has_a_secret_in_its_answer(route.func):
            return answers.run_for_one_body(request, run)
        return answers.replay_or_run(request, self.lambda_context, run)

    def _run_on_record(self, route: Route, route_arguments: dict[str, str]) -> ResponseBuilder[Any]:
        answer = super()._call_route(route, route_arguments)
        self._audit_answer(route, route_arguments, answer.response.status_code)
        return answer

    def _audit_answer(self, route: Route, route_arguments: dict[str, str], status: int) -> None:
        """Records what a signed-in caller changed or read of somebody's results, or was not allowed to do.

        Of operators it records whatever they ask.
        """
        caller = self._authentication.caller
        if self._audit is None or not isinstance(caller, Principal | Operator):
            return
        record, action = (*route_arguments.values(), *self._created), f"{route.method} {route.path}"
        if isinstance(caller, Operator):
            self._audit.record(
                AuditEvent(caller.tenant_id, caller.arn, caller.tenant_id, action, record, self.source_ip, status)
            )
            return
        is_done = status < HTTPStatus.BAD_REQUEST and is_audited(route.method, route.func)
        if is_done or status == HTTPStatus.FORBIDDEN:
            self._audit.record(AuditEvent.of(caller, action, record=record, address=self.source_ip, status=status))

    def _idempotent_request(self) -> IdempotentRequest | None:
        caller, key = self._authentication.caller, self.header("idempotency-key")
        if not key or method_of(self._event).upper() != "POST" or not isinstance(caller, Principal):
            return None
        query = self._event.get("rawQueryString", "")
        scope = f"{caller.tenant_id}#{caller.user_id}#{self.current_event.path}#{query}"
        return IdempotentRequest(scope, key, body_without_boundary(self._event))

    @property
    def _contract(self) -> Contract:
        return self.contract.at(self._event["rawPath"])

    def _build_response(self, response_builder: ResponseBuilder[Any]) -> Answer:
        response = response_builder.response
        if response.status_code == HTTPStatus.NO_CONTENT:  # of which Powertools makes the JSON `null`
            response.body = ""
            response.headers.pop("Content-Type", None)
        if self._authentication.rate_limit is not None:
            response.headers.update(limit_headers(self._authentication.rate_limit))
        return super()._build_response(response_builder)

    def _answer_error(self, error: Exception) -> Response[Any]:
        problem = problem_of(domain_error(error), request_id=self.request_id, timestamp=to_text(utc_now()))
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.note(fault=type(error).__name__, stack=stack_of(error))
        if isinstance(error, LimitExceeded | StrangerRefused):
            self._authentication = replace(self._authentication, rate_limit=error.rate_limit)
        if self._problem_page is not None and self.shows_pages_at(self._event["rawPath"]):
            answer: Response[Any] = self._problem_page(problem)
        else:
            answer = error_response(problem, self._contract)
        answer.headers.update(problem_headers(problem))
        return answer


def _to_json(body: object) -> str:
    return orjson.dumps(body, default=str).decode()


def _takes_json(route: Route) -> bool:
    # Imported here: a cold start would take 2 % more instructions for what hardly a request asks.
    from aws_lambda_powertools.event_handler.openapi.params import Form

    return any(not isinstance(parameter.field_info, Form) for parameter in route.dependant.body_params)


def _refuse_endless_ids(route_arguments: Mapping[str, str]) -> None:
    if any(len(value) > LONGEST_PATH_PARAMETER for value in route_arguments.values()):
        raise NotFound("There is nothing with so long an id.")
