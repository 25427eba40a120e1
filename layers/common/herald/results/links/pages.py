"""The pages behind a link: plain HTML and a little style, for old phones, slow networks and screen readers.

No scripts and nothing to fetch; a page is under 6 KB. What comes from outside is escaped, and a name keeps its own
direction of writing.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from html import escape
from urllib.parse import urlencode

from herald.results.links.texts import TEXTS, Notice, Texts
from herald.results.reports.model import Report, ReportStatus

PAGE_PATH = "/customer"

# Colours in plain values and no layout modules: what a phone of ten years ago can show. Each pair has the contrast
# that WCAG 2.2 AA asks for (4.5 for text, 3 for borders and focus); a test holds them to it.
STYLE = """\
body{margin:0;background:#eef2f6;color:#1b2733;font:1.125rem/1.5 system-ui,sans-serif}
main{max-width:25rem;margin:0 auto;padding:2.5rem 1rem 1rem}
article{background:#fff;border:1px solid #d3dce4;border-radius:1rem;padding:1.5rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
h1,p{word-wrap:break-word;overflow-wrap:anywhere}
p{margin:0 0 1.25rem}
svg{display:block;margin:0 0 1rem;color:#0b5cad}
label{display:block;font-weight:600;margin:0 0 .375rem}
input,button,.button{display:block;box-sizing:border-box;width:100%;min-height:3.25rem;font:inherit;border-radius:.625rem}
input{padding:.75rem;margin:0 0 1.25rem;background:#fff;color:#1b2733;border:1px solid #64748b}
button,.button{padding:.8rem;border:2px solid #0b5cad;background:#0b5cad;color:#fff;font-weight:600;text-align:center;\
text-decoration:none}
.button+.button{margin-top:.75rem;background:#fff;color:#0b5cad}
.alert{background:#fdecea;color:#5f1612;border-left:.3rem solid #b3261e;border-radius:.375rem;padding:.75rem 1rem}
[aria-invalid]{border:2px solid #b3261e}
.fine{margin:1.25rem 0 0;font-size:1rem;color:#475569}
nav{padding:1rem 0;text-align:center;text-wrap:balance;font-size:1rem}
nav a,nav span{display:inline-block;padding:.625rem .5rem;min-width:1.75rem;color:#0b5cad}
nav span{color:#1b2733;font-weight:600}
:focus{outline:3px solid #0b5cad;outline-offset:2px}
@media (prefers-color-scheme:dark){
body{background:#10161d;color:#e8edf2}
article{background:#19222c;border-color:#33414f}
svg,nav a{color:#8ec5ff}
nav span{color:#e8edf2}
input{background:#10161d;color:#e8edf2;border-color:#8796a5}
button,.button{background:#8ec5ff;border-color:#8ec5ff;color:#0b1a2b}
.button+.button{background:#19222c;color:#8ec5ff}
.alert{background:#3a1614;color:#ffd9d5;border-color:#ff8a80}
[aria-invalid]{border-color:#ff8a80}
.fine{color:#b6c2ce}
:focus{outline-color:#8ec5ff}
}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Beside the headers of every answer: what a page may do (nothing but look so, and be sent back to us)."""

_LOCK = '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>'
_SHEET = '<path d="M7 3h7l4 4v14H7z"/><path d="M14 3v4h4M10 12h5M10 16h5"/>'
_ATTENTION = '<circle cx="12" cy="12" r="9"/><path d="M12 7v6M12 16.5v.5"/>'


def ask_password(texts: Texts, token: str, *, complaint: str = "") -> str:
    """The form for the password; ``complaint`` says what was wrong with the last one."""
    described, alert, title = "hint", "", texts.title
    if complaint:
        described, title = "complaint hint", f"{texts.error}: {texts.title}"
        alert = (
            f'<p class="alert" id="complaint" role="alert"><strong>{escape(texts.error)}:</strong> '
            f"{escape(complaint)}</p>\n"
        )
    invalid = ' aria-invalid="true"' if complaint else ""
    body = f"""\
<h1>{escape(texts.title)}</h1>
{alert}<p id="hint">{escape(texts.instruction)}</p>
<form method="post" action="{PAGE_PATH}?language={texts.language}">
<input type="hidden" name="token" value="{escape(token)}">
<label for="password">{escape(texts.label)}</label>
<input id="password" name="password" type="password" maxlength="128" required autofocus \
autocomplete="current-password" autocapitalize="none" spellcheck="false" aria-describedby="{described}"{invalid}>
<button>{escape(texts.open_report)}</button>
</form>"""
    return _page(texts, title, _LOCK, body, elsewhere=lambda language: form_address(token, language))


def show_report(texts: Texts, report: Report, *, time_left: timedelta) -> str:
    """The report of somebody who knew the password: with its PDF, or a word on why there is none."""
    if report.status is not ReportStatus.READY:
        return _show_absence(texts, report)
    body = f"""\
<h1>{_greeting(texts, report.recipient.name)}</h1>
<p>{escape(texts.ready.format(date=texts.written_date(report.created_at)))}</p>
<a class="button" href="{escape(pdf_address(report, texts.language))}">{escape(texts.view)}</a>
<a class="button" href="{escape(pdf_address(report, texts.language, download="yes"))}">{escape(texts.download)}</a>
<p class="fine">{escape(texts.time_left.format(time=texts.written_hours(time_left)))}</p>"""
    return _page(texts, texts.title, _SHEET, body, elsewhere=lambda language: report_address(report, language))


def show_notice(texts: Texts, notice: Notice, *, number: str = "") -> str:
    """A page that says one thing; ``number`` is what to quote where its sentence asks for that."""
    sentence = escape(notice.sentence.format(number=number))
    body = f"<h1>{escape(notice.title)}</h1>\n<p>{sentence}</p>"
    return _page(texts, notice.title, _ATTENTION, body)


def form_address(token: str, language: str) -> str:
    """Where the password is asked for, in a chosen language."""
    return f"{PAGE_PATH}?{urlencode({'token': token, 'language': language})}"


def report_path(report_id: str) -> str:
    """Where a report is shown; also how far the cookie goes that opens it, so that two reports do not mix."""
    return f"{PAGE_PATH}/reports/{report_id}"


def report_address(report: Report, language: str) -> str:
    """Where a report is shown in a chosen language."""
    return f"{report_path(report.report_id)}?language={language}"


def pdf_address(report: Report, language: str, **wishes: str) -> str:
    """Where its PDF is; what goes wrong there is said in that language."""
    return f"{report_path(report.report_id)}/pdf?{urlencode({**wishes, 'language': language})}"


def _show_absence(texts: Texts, report: Report) -> str:
    pending = report.status is ReportStatus.PENDING
    notice = texts.preparing if pending else texts.unavailable
    address = escape(report_address(report, texts.language))
    again = f'\n<a class="button" href="{address}">{escape(texts.look_again)}</a>' if pending else ""
    body = f"<h1>{escape(notice.title)}</h1>\n<p>{escape(notice.sentence)}</p>{again}"
    return _page(texts, notice.title, _SHEET, body, elsewhere=lambda language: report_address(report, language))


def _greeting(texts: Texts, name: str) -> str:
    if not name.strip():
        return escape(texts.greeting_without_name)
    before, after = map(escape, texts.greeting.split("{name}"))
    return f'{before}<span dir="auto">{escape(name)}</span>{after}'


def _page(texts: Texts, title: str, icon: str, body: str, *, elsewhere: Callable[[str], str] | None = None) -> str:
    return f"""\
<!doctype html>
<html lang="{texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<article>
<svg width="40" height="40" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.6" \
aria-hidden="true" focusable="false">{icon}</svg>
{body}
</article>
{_other_languages(texts, elsewhere)}</main>
</body>
</html>
"""


def _other_languages(texts: Texts, elsewhere: Callable[[str], str] | None) -> str:
    if elsewhere is None:
        return ""
    links = [
        f'<span lang="{language}" aria-current="true">{escape(other.own_name)}</span>'
        if other is texts
        else f'<a lang="{language}" hreflang="{language}" href="{escape(elsewhere(language))}">'
        f"{escape(other.own_name)}</a>"
        for language, other in TEXTS.items()
    ]
    return f'<nav aria-label="{escape(texts.language_label)}">\n' + "\n".join(links) + "\n</nav>\n"
