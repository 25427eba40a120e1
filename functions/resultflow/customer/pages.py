"""The pages behind a link: plain HTML and a little style, for old phones, slow networks and screen readers.

No scripts and nothing to fetch; a page is under 6 KB. What comes from outside is escaped, and a name keeps its own
direction of writing.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from herald.http.html import HtmlTemplates
from herald.results.reports.model import Report, ReportStatus

from .texts import Notice, Texts, all_texts

PAGE_PATH = "/customer"
_TEMPLATES = Path(__file__).parent / "templates"
STYLE = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Beside the headers of every answer: what a page may do (nothing but look so, and be sent back to us)."""
_templates = HtmlTemplates(_TEMPLATES)


def ask_password(texts: Texts, token: str, *, sender_name: str = "", complaint: str = "") -> str:
    """The form for the password; ``complaint`` says what was wrong with the last one.

    A page that complains names no sender: it would tell whether the token is one of ours.
    """
    title = f"{texts.error}: {texts.title}" if complaint else texts.title
    return _page(
        "password.html",
        texts,
        title,
        elsewhere=lambda language: form_address(token, language),
        action=f"{PAGE_PATH}?language={texts.language}",
        token=token,
        sender_name=sender_name,
        complaint=complaint,
    )


def show_report(texts: Texts, report: Report, *, time_left: timedelta, sender_name: str = "") -> str:
    """The report of somebody who knew the password: with its PDF, or a word on why there is none."""

    def elsewhere(language: str) -> str:
        return report_address(report, language)

    if report.status is ReportStatus.READY:
        return _page(
            "report.html",
            texts,
            texts.title,
            elsewhere=elsewhere,
            sender_name=sender_name,
            name=report.recipient.name.strip() and report.recipient.name,
            greeting=texts.greeting.partition("{name}"),
            ready=texts.ready.format(date=texts.written_date(report.created_at)),
            view_address=pdf_address(report, texts.language),
            download_address=pdf_address(report, texts.language, download="yes"),
            time_left=texts.time_left.format(time=texts.written_hours(time_left)),
        )
    pending = report.status is ReportStatus.PENDING
    notice = texts.preparing if pending else texts.unavailable
    again = report_address(report, texts.language) if pending else ""
    return _page(
        "notice.html",
        texts,
        notice.title,
        elsewhere=elsewhere,
        sender_name=sender_name,
        icon="sheet",
        sentence=notice.sentence,
        again=again,
    )


def show_notice(texts: Texts, notice: Notice, *, sender_name: str = "", number: str = "") -> str:
    """A page that says one thing; ``number`` is what to quote where its sentence asks for that."""
    sentence = notice.sentence.format(number=number)
    return _page(
        "notice.html", texts, notice.title, sender_name=sender_name, icon="attention", sentence=sentence, again=""
    )


def form_address(token: str, language: str) -> str:
    """Where the password is asked for, in a chosen language."""
    return f"{PAGE_PATH}?{urlencode({'token': token, 'language': language})}"


def report_path(report_id: str) -> str:
    """Where a report is shown; also how far the cookie goes that opens it, so that two reports do not mix."""
    return f"{PAGE_PATH}/reports/{report_id}"


def report_address(report: Report, language: str) -> str:
    """Where a report is shown in a chosen language."""
    return f"{report_path(report.report_id)}?language={language}"


def pdf_address(report: Report, language: str, **parameters: str) -> str:
    """Where its PDF is; what goes wrong there is said in that language."""
    return f"{report_path(report.report_id)}/pdf?{urlencode({**parameters, 'language': language})}"


def _page(
    template: str, texts: Texts, title: str, *, elsewhere: Callable[[str], str] | None = None, **values: object
) -> str:
    return _templates.render(
        template, texts=texts, title=title, style=STYLE, elsewhere=elsewhere, languages=all_texts().values(), **values
    )
