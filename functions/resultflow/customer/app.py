"""ResultFlow's customer side: the page behind the link in a text, and its JSON endpoints."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Form, Path, Query
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from herald.errors import Unauthenticated
from herald.http.access import for_recipients, open_to_everyone
from herald.http.answers import html_page, redirect, redirect_to
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import CUSTOMER_ADDRESS_LIMIT, RESULTFLOW
from herald.http.failures import fails_with
from herald.http.problems import Problem
from herald.identity.composition import identity
from herald.results.composition import results
from herald.results.links.languages import preferred_language
from herald.results.links.model import LinkState
from herald.results.links.service import OpenedLink, link_named_by
from herald.values.clock import epoch_seconds, to_text, utc_now

from .pages import PAGE_HEADERS, ask_password, report_address, report_path, show_notice, show_report
from .schemas import (
    Authenticated,
    AuthenticateRequest,
    CustomerReport,
    DownloadRecorded,
    TokenRequest,
    TokenView,
)
from .texts import Notice, Texts, texts_in

PDF_PATH = "/api/v1/customer/report/pdf"
COOKIE_SECONDS = 3600
"""Less than the link lives: a phone is often shared, and the password opens the report again."""
_COOKIE = "report"

api = compose_api(RESULTFLOW)
pdf_addresses = results().pdf_addresses
reports = results().report_store
links = results().links
tokens = identity().access_tokens
handler = api.handle

_ABOUT_TOKEN = "What stands behind `token=` in the link of the text."
Token = Annotated[str, Query(max_length=100, description=_ABOUT_TOKEN)]
PagesReportId = Annotated[str, Path(description="UUID of the report whose link was opened in this browser.")]
Language = Annotated[str, Query(max_length=40, description="Of the page; by default the recipient's.")]


@api.post("/api/v1/customer/validate_token", summary="Whether a link can be opened", tags=["Customer"])
@fails_with(HTTPStatus.UNAUTHORIZED)
@open_to_everyone(limit=CUSTOMER_ADDRESS_LIMIT)
def validate_token(request: TokenRequest) -> TokenView:
    """Says nothing about whose report it is."""
    api.count_link(*link_named_by(request.token))
    return TokenView(valid=True, expires_at=to_text(links.check(request.token)))


@api.post("/api/v1/customer/authenticate", summary="Open a link with its password", tags=["Customer"])
@fails_with(HTTPStatus.UNAUTHORIZED)
@open_to_everyone(limit=CUSTOMER_ADDRESS_LIMIT)
def authenticate(request: AuthenticateRequest) -> Authenticated:
    """A token for the one report behind the link; five wrong passwords lock it."""
    api.count_link(*link_named_by(request.token))
    opened = links.open(request.token, request.password)
    return Authenticated(
        access_token=tokens.issue_to_recipient(opened.recipient, expires_at=opened.expires_at),
        expires_in=epoch_seconds(opened.expires_at) - epoch_seconds(utc_now()),
    )


@api.get("/api/v1/customer/report", summary="The report behind a link", tags=["Customer"])
@for_recipients()
def get_report() -> CustomerReport:
    """What the report is, without its content."""
    return CustomerReport.of(links.reopen(api.recipient).report, pdf_url=PDF_PATH)


@api.get(
    PDF_PATH,
    status_code=302,
    summary="The PDF behind a link",
    tags=["Customer"],
    responses=redirect("The PDF, at an address that is good for a minute."),
)
@for_recipients()
def get_report_pdf() -> Response[str]:
    """Leads to the PDF."""
    return redirect_to(pdf_addresses.for_recipient(links.reopen(api.recipient).report, disposition="inline"))


@api.post("/api/v1/customer/report/download", summary="Record a download", tags=["Customer"])
@for_recipients()
def record_download() -> DownloadRecorded:
    """Counts one opening of the PDF."""
    reports.count_download(links.reopen(api.recipient).report)
    return DownloadRecorded()


@api.get(
    "/customer",
    summary="The page behind a link",
    tags=["Customer"],
    responses=html_page("Asks for the password, or says why the link cannot be opened."),
)
@fails_with(HTTPStatus.UNAUTHORIZED)
@open_to_everyone(limit=CUSTOMER_ADDRESS_LIMIT)
def show_page(token: Token = "", language: Language = "") -> Response[str]:
    """A form for the password; works without scripts. Looking at it counts and opens nothing."""
    api.count_link(*link_named_by(token))
    seen = links.inspect(token)
    texts = texts_in(language, seen.language, _browsers_language())
    if seen.state is LinkState.OPEN:
        return _page(ask_password(texts, token, sender_name=seen.sender_name))
    notice = show_notice(texts, _notice_of(seen.state, texts), sender_name=seen.sender_name)
    return _page(notice, status=HTTPStatus.UNAUTHORIZED)


@api.post(
    "/customer",
    status_code=303,
    summary="Open a link from its page",
    tags=["Customer"],
    responses=redirect("The report's page; a cookie opens it for an hour.", status=303),
)
@fails_with(HTTPStatus.UNAUTHORIZED)
@open_to_everyone(limit=CUSTOMER_ADDRESS_LIMIT)
def open_from_page(
    token: Annotated[str, Form(max_length=100, description=_ABOUT_TOKEN)] = "",
    password: Annotated[str, Form(max_length=128, description="The report's password.")] = "",
    language: Language = "",
) -> Response[str]:
    """Leads to the report, or says what is wrong and asks again.

    What is said of an open link depends on the request and the number of tries alone: nobody learns whether it is the
    token or the password that is wrong. Hence also the language, which the page's form brings along.
    """
    api.count_link(*link_named_by(token))
    texts = texts_in(language, _browsers_language())
    if not password.strip():
        return _page(ask_password(texts, token, complaint=texts.missing), status=HTTPStatus.BAD_REQUEST)
    outcome = links.attempt(token, password)
    if isinstance(outcome, OpenedLink):
        return _lead_to_report(outcome, texts.language)
    if outcome is LinkState.WRONG:
        return _page(ask_password(texts, token, complaint=texts.refused), status=HTTPStatus.UNAUTHORIZED)
    return _page(show_notice(texts, _notice_of(outcome, texts)), status=HTTPStatus.UNAUTHORIZED)


@api.get(
    "/customer/reports/<report_id>",
    summary="The report's page",
    tags=["Customer"],
    responses=html_page("Greets the recipient and offers the PDF, or says that it is being prepared."),
)
@for_recipients(cookie=_COOKIE)
def show_report_page(report_id: PagesReportId, language: Language = "") -> Response[str]:
    """For whoever opened the link on its page within the hour."""
    opened = _reopen(report_id)
    texts = texts_in(language, opened.report.recipient.language, _browsers_language())
    time_left = opened.expires_at - utc_now()
    return _page(show_report(texts, opened.report, sender_name=opened.sender_name, time_left=time_left))


@api.get(
    "/customer/reports/<report_id>/pdf",
    status_code=302,
    summary="The PDF, from the report's page",
    tags=["Customer"],
    responses=redirect("The PDF, at an address that is good for a minute."),
)
@for_recipients(cookie=_COOKIE)
def open_pdf_from_page(
    report_id: PagesReportId,
    download: Annotated[str, Query(max_length=10, description="Anything: save the PDF instead of showing it.")] = "",
    language: Language = "",  # noqa: ARG001 - `_say_what_went_wrong` reads it
) -> Response[str]:
    """Leads to the PDF and counts a download."""
    report = _reopen(report_id).report
    url = pdf_addresses.for_recipient(report, disposition="attachment" if download else "inline")
    reports.count_download(report)
    return redirect_to(url)


@api.problem_page("/customer")
def _say_what_went_wrong(problem: Problem) -> Response[str]:
    query = api.current_event.query_string_parameters
    texts = texts_in(query.get("language", ""), _browsers_language())
    notices = {
        "auth_required": texts.closed,
        "token_expired": texts.expired,
        "link_withdrawn": texts.withdrawn,
        "link_locked": texts.locked,
        "rate_limited": texts.too_many,
        "report_not_ready": texts.preparing,
    }
    beyond_repair = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    notice = texts.fault if beyond_repair else notices.get(problem.code, texts.wrong_link)
    return _page(show_notice(texts, notice, number=problem.request_id), status=problem.status)


def _reopen(report_id: str) -> OpenedLink:
    if api.recipient.report_id != report_id:
        raise Unauthenticated("Open the link from your message first.")
    return links.reopen(api.recipient)


def _lead_to_report(opened: OpenedLink, language: str) -> Response[str]:
    cookie = Cookie(
        _COOKIE,
        tokens.issue_to_recipient(opened.recipient, expires_at=opened.expires_at),
        path=report_path(opened.report.report_id),
        max_age=COOKIE_SECONDS,
        secure=True,
        http_only=True,
        same_site=SameSite.STRICT_MODE,
    )
    answer = redirect_to(report_address(opened.report, language))
    answer.status_code = int(HTTPStatus.SEE_OTHER)
    answer.cookies = [cookie]
    return answer


def _notice_of(state: LinkState, texts: Texts) -> Notice:
    notices = {
        LinkState.EXPIRED: texts.expired,
        LinkState.LOCKED: texts.locked,
        LinkState.WITHDRAWN: texts.withdrawn,
    }
    return notices.get(state, texts.wrong_link)


def _browsers_language() -> str:
    return preferred_language(api.header("accept-language"))


def _page(body: str, *, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    return Response(
        status_code=int(status), content_type="text/html; charset=utf-8", body=body, headers=dict(PAGE_HEADERS)
    )
