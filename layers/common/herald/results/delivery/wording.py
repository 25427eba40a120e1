"""What a text says: the sender's words with the row's values in them, or a sentence in the recipient's language.

A placeholder is ``{appointment}`` or ``{{ Appointment }}``: a column's title by the same forgiving rules as in a
template, or ``name``, or ``link``. Anything else in braces is refused, so that nobody reads it on a phone.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from textwrap import shorten

from herald.errors import Unprocessable
from herald.results.ingesting.columns import cell_text
from herald.results.links.languages import DEFAULT_LANGUAGE, known_language
from herald.results.reports.model import Report
from herald.values.placeholder import placeholder_name
from herald.values.sheet import FormattedValue, Value

LONGEST_MESSAGE = 1000
"""Of a message with its placeholders, in characters."""
ABOUT_MESSAGES = (
    "May use {name}, {sender}, {link} and any column of the sheet, for example {appointment}; the link is added where "
    "missing."
)
"""For whoever writes one."""
LONGEST_TEXT = 1600
"""Of a text as it is sent, in characters: what Twilio takes (its error 21617)."""
DEFAULT_MESSAGES = {
    "en": "{name}, your report: {link}",
    "es": "{name}, su informe: {link}",
    "pt": "{name}, o seu documento: {link}",
    "fr": "{name}, votre rapport : {link}",
    "sw": "{name}, ripoti yako: {link}",
}
"""Short and without letters that SMS's basic alphabet (GSM 03.38) lacks, so that a text stays one segment (160
characters) with most senders' names; an address as long as API Gateway's own leaves some 40 of them for both names."""
LONGEST_SENDER = 30
"""Of an organisation's name in a text, in characters: what is longer loses its last words."""
_PLACEHOLDER = re.compile(r"\{\{[ \t]*([^{}\n]*\w[^{}\n]*?)[ \t]*\}\}|\{([^{}\n]*\w[^{}\n]*)\}")
_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*://")
_DOTS = ".\u2024\u3002\ufe52\uff0e\uff61"
"""As IDNA reads them, and what compatibility makes of others."""
_DOT_OF_AN_ADDRESS = re.compile(rf"(?<=[^\s{_DOTS}])[{_DOTS}](?=[^\W\d_]{{2}})")
"""Between a letter, digit or sign (an emoji has domains too) and two letters, which a top-level domain has at least."""
_NETWORK_ADDRESS = re.compile(rf"(?<![\d{_DOTS}])\d{{1,3}}(?:[{_DOTS}]\d{{1,3}}){{3}}(?![\d{_DOTS}])")
_ANY_DOT = re.compile(f"[{_DOTS}]")
_DIRECTION_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ALWAYS_KNOWN = frozenset({"name", "link", "sender"})


def in_plain_form(message: str) -> str:
    """A message with each of its placeholders written as ``{name_of_the_column}``."""
    return _PLACEHOLDER.sub(lambda found: "{" + placeholder_name(found[1] or found[2]) + "}", message.strip())


def columns_in(message: str) -> set[str]:
    """The columns that a message in plain form takes values from."""
    return {found[2] for found in _PLACEHOLDER.finditer(message)} - _ALWAYS_KNOWN


def check_columns(message: str, rows: Iterable[Mapping[str, Value]]) -> None:
    """Refuses a message that asks for something that no row has a plain value for.

    Args:
        message: in plain form.
        rows: the values of some rows of one sheet.

    Raises:
        Unprocessable: ``placeholder_unknown``, with what is unknown and what there is.
    """
    known = {name for values in rows for name, value in values.items() if _is_plain(value)} | _ALWAYS_KNOWN
    unknown = sorted(columns_in(message) - known)
    if unknown:
        raise Unprocessable(
            f"The sheet has no column for {', '.join('{' + name + '}' for name in unknown)} in the message.",
            code="placeholder_unknown",
            fields={"custom_message": "unknown placeholder", "unknown": unknown, "known": sorted(known)},
        )


def wording_for(report: Report, custom_message: str, sender_name: str = "") -> str:
    """What the text about a report says, all but the link filled in: exactly one ``{link}`` or more is left.

    Words of our own begin with who sends them, so that nobody takes the text for a stranger's; the sender's own words
    may say it by ``{sender}``.
    """
    message = custom_message or DEFAULT_MESSAGES[known_language(report.recipient.language) or DEFAULT_LANGUAGE]
    # Without its link a text is of no use, and other clients of this contract do not know the word for it.
    message = message if "{link}" in message else f"{message} {{link}}"
    if not report.recipient.name:
        message = message.replace("{name}, ", "")
        message = message[:1].upper() + message[1:]
    texts = {name: _text(value) for name, value in report.values.items() if _is_plain(value)}
    sender = shorten(_text(sender_name), LONGEST_SENDER, placeholder="")
    texts = {"sender": sender} | texts | {"name": _text(report.recipient.name), "link": "{link}"}
    if sender and not custom_message:
        message = f"{{sender}}: {message}"
    return _PLACEHOLDER.sub(lambda found: texts.get(found[2] or "", found[0]), message).strip()


def _is_plain(value: Value) -> bool:
    return value is None or isinstance(value, str | int | float | bool | date | time | FormattedValue)


def _text(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    plain = cell_text(value) if _is_plain(value) else ""  # type: ignore[arg-type]  # that is what was asked
    # A value with the word for the link in it must not become a second one.
    return without_links(" ".join(plain.split()).replace("{link}", "link"))


def without_links(text: str) -> str:
    """A row's text so that no phone makes a link of it: whoever gets a text may trust its one link, which is ours.

    ``https://evil.example/x`` becomes ``evil. example/x``, ``192.0.2.1/x`` ``192. 0. 2. 1/x``; marks that turn the
    direction of writing are dropped.
    """
    plain = _SCHEME.sub("", _DIRECTION_MARKS.sub("", text))
    plain = _NETWORK_ADDRESS.sub(lambda found: _ANY_DOT.sub(". ", found[0]), plain)
    return _DOT_OF_AN_ADDRESS.sub(". ", plain)
