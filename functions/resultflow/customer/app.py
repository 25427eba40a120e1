"""ResultFlow's customer side: the page behind the link in a text, and its JSON endpoints."""

import os
from html import escape
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Form, Query
from pydantic import BaseModel, ConfigDict, Field

from herald.adapters.objects import ObjectStore
from herald.errors import Unauthenticated
from herald.http.access import RECIPIENT_LIMIT, for_recipients, open_to_everyone
from herald.http.answers import html_page, redirect
from herald.http.composition import access_tokens, compose_api
from herald.http.resolver import redirect_to
from herald.results.composition import report_passwords
from herald.results.link_store import LinkStore
from herald.results.links import OpeningLinks
from herald.results.model import Report
from herald.results.rendering import PDF_TYPE
from herald.results.report_store import ReportStore
from herald.values.clock import epoch_seconds, to_text, utc_now

PDF_URL_SECONDS = 60
_PAGE_HEADERS = {
    # No form-action: browsers apply it to where the form's answer leads as well, and that is the bucket of the PDF.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
}

api = compose_api()
documents = ObjectStore(os.environ["DOCUMENTS_BUCKET"])
reports = ReportStore(os.environ["RESULTS_TABLE"])
tokens = access_tokens()
links = OpeningLinks(
    LinkStore(),
    reports,
    report_passwords(),
)
handler = api.handle

Token = Annotated[str, Query(min_length=1, max_length=100)]


class TokenRequest(BaseModel):
    """The token of a link."""

    model_config = ConfigDict(defer_build=True)

    token: str = Field(max_length=100)


class TokenView(BaseModel):
    """That a link can be opened, and until when."""

    model_config = ConfigDict(defer_build=True)

    valid: bool
    expires_at: str


class AuthenticateRequest(BaseModel):
    """A link's token and its password."""

    model_config = ConfigDict(defer_build=True)

    token: str = Field(max_length=100)
    password: str = Field(max_length=128)


class Authenticated(BaseModel):
    """What opens the report: send ``access_token`` in the Authorization header."""

    model_config = ConfigDict(defer_build=True)

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="Seconds until the link expires.")


class CustomerReport(BaseModel):
    """A report as the person it is for sees it."""

    model_config = ConfigDict(defer_build=True)

    id: str
    name: str
    status: str
    created_at: str
    pdf_url: str

    @classmethod
    def of(cls, report: Report) -> "CustomerReport":
        """The view of a report."""
        return cls(
            id=report.report_id,
            name=report.recipient.name,
            status=report.status.value,
            created_at=to_text(report.created_at),
            pdf_url="/api/v1/customer/report/pdf",
        )


class DownloadRecorded(BaseModel):
    """That a download was counted."""

    model_config = ConfigDict(defer_build=True)

    recorded: bool = True


@api.post("/api/v1/customer/validate_token", summary="Whether a link can be opened", tags=["Customer"])
@open_to_everyone(limit=RECIPIENT_LIMIT)
def validate_token(request: TokenRequest) -> TokenView:
    """Says nothing about whose report it is."""
    return TokenView(valid=True, expires_at=to_text(links.check(request.token).expires_at))


@api.post("/api/v1/customer/authenticate", summary="Open a link with its password", tags=["Customer"])
@open_to_everyone(limit=RECIPIENT_LIMIT)
def authenticate(request: AuthenticateRequest) -> Authenticated:
    """A token for the one report behind the link; five wrong passwords lock it."""
    opened = links.open(request.token, request.password)
    return Authenticated(
        access_token=tokens.issue_to_recipient(opened.recipient, expires_at=opened.expires_at),
        expires_in=epoch_seconds(opened.expires_at) - epoch_seconds(utc_now()),
    )


@api.get("/api/v1/customer/report", summary="The report behind a link", tags=["Customer"])
@for_recipients()
def get_report() -> CustomerReport:
    """What the report is, without its content."""
    return CustomerReport.of(links.report_of(api.recipient))


@api.get(
    "/api/v1/customer/report/pdf",
    status_code=302,
    summary="The PDF behind a link",
    tags=["Customer"],
    responses=redirect("The PDF, at an address that is good for a minute."),
)
@for_recipients()
def get_report_pdf() -> Response[str]:
    """Leads to the PDF."""
    return redirect_to(_pdf_url(links.report_of(api.recipient)))


@api.post("/api/v1/customer/report/download", summary="Record a download", tags=["Customer"])
@for_recipients()
def record_download() -> DownloadRecorded:
    """Counts one opening of the PDF."""
    reports.count_download(links.report_of(api.recipient))
    return DownloadRecorded()


@api.get(
    "/customer", summary="The page behind a link", tags=["Customer"], responses=html_page("Asks for the password.")
)
@open_to_everyone(limit=RECIPIENT_LIMIT)
def show_page(token: Token) -> Response[str]:
    """A form for the password; works without scripts."""
    return _page(_FORM.format(token=escape(token), notice=""))


@api.post(
    "/customer",
    status_code=302,
    summary="Open a link from its page",
    tags=["Customer"],
    responses=html_page("Asks again.") | redirect("The PDF, at an address that is good for a minute."),
)
@open_to_everyone(limit=RECIPIENT_LIMIT)
def open_from_page(
    token: Annotated[str, Form(max_length=100)], password: Annotated[str, Form(max_length=128)]
) -> Response[str]:
    """Leads to the PDF, or says what is wrong and asks again."""
    try:
        opened = links.open(token, password)
    except Unauthenticated as error:
        notice = f'<p role="alert">{escape(error.message)}</p>'
        return _page(_FORM.format(token=escape(token), notice=notice), status=401)
    reports.count_download(opened.report)
    return redirect_to(_pdf_url(opened.report))


def _pdf_url(report: Report) -> str:
    return documents.download_url(
        report.require_pdf(),
        seconds=PDF_URL_SECONDS,
        content_type=PDF_TYPE,
        disposition='inline; filename="report.pdf"',
    )


def _page(body: str, *, status: int = 200) -> Response[str]:
    return Response(status_code=status, content_type="text/html; charset=utf-8", body=body, headers=dict(_PAGE_HEADERS))


_FORM = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Your report</title>
<style>
body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:24rem;margin:15vh auto;padding:0 1rem;color:#1b2733}}
label,input,button{{display:block;width:100%;box-sizing:border-box;font:inherit}}
input,button{{padding:.7rem;border:1px solid #8796a5;border-radius:.5rem;margin:.3rem 0 1rem}}
button{{background:#0b5cad;color:#fff;border:0}}
[role=alert]{{background:#fdecea;border-left:4px solid #b3261e;padding:.7rem}}
</style>
<main>
<h1>Your report</h1>
{notice}
<form method="post" action="/customer">
<input type="hidden" name="token" value="{token}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="off" required autofocus>
<button>Open the report</button>
</form>
</main>
</html>
"""
