"""What a text says."""

from collections.abc import Mapping
from datetime import date, datetime, time

import pytest

from herald.errors import Unprocessable
from herald.results.delivery.wording import DEFAULT_MESSAGES, check_columns, in_plain_form, wording_for
from herald.results.links.languages import LANGUAGES
from herald.results.reports.model import RecipientDetails, Report, ReportStatus
from herald.values.sheet import Value
from tests.support.results import NOW, TENANT


def report(values: Mapping[str, Value] | None = None, *, name: str = "Amara", language: str = "") -> Report:
    recipient = RecipientDetails(name, "+12025550100", language=language)
    return Report(TENANT, "b", 2, "r", recipient, ReportStatus.READY, NOW, NOW, values or {})


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("{name}: {link}", "{name}: {link}"),
        ("{{ name }}: {{link}}", "{name}: {link}"),
        ("On { Date of visit }", "On {date_of_visit}"),
        ("Rendez-vous : {{ Début }}", "Rendez-vous : {debut}"),
        ("{} and { } and 50% {", "{} and { } and 50% {"),
    ],
)
def test_placeholders_may_be_written_as_in_a_template_or_as_the_columns_title(message: str, plain: str) -> None:
    assert in_plain_form(message) == plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Tuesday\n9:30", "Tuesday 9:30"),
        (42.0, "42"),
        (42.5, "42.5"),
        (date(2026, 12, 1), "2026-12-01"),
        (datetime(2026, 12, 1), "2026-12-01"),  # noqa: DTZ001 - a sheet knows no zones
        (datetime(2026, 12, 1, 9, 30), "2026-12-01 09:30"),  # noqa: DTZ001 - a sheet knows no zones
        (time(9, 30), "09:30"),
        (None, ""),
    ],
)
def test_a_columns_value_stands_in_the_text_as_people_write_it(value: Value, text: str) -> None:
    assert wording_for(report({"when": value}), "On {when}, {name}: {link}") == f"On {text}, Amara: {{link}}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("https://evil.example/x", "evil. example/x"),
        ("Amara evil.example", "Amara evil. example"),
        ("HTTP://WWW.EVIL.EXAMPLE", "WWW. EVIL. EXAMPLE"),
        ("evil\u3002example", "evil. example"),
        ("evil\u2024example", "evil. example"),
        ("evil\ufe52example", "evil. example"),
        ("\u263a.ws", "\u263a. ws"),
        ("192.0.2.1/x", "192. 0. 2. 1/x"),
        ("192\uff0e0.2.1", "192. 0. 2. 1"),
        ("12.11.2026 and 1.234.567", "12.11.2026 and 1.234.567"),
        ("\u202eelpmaxe.live", "elpmaxe. live"),
        ("Dr. A.B. Okafor-Smith", "Dr. A.B. Okafor-Smith"),
        ("12.50", "12.50"),
    ],
)
def test_no_phone_makes_a_link_of_what_a_row_says(name: str, text: str) -> None:
    assert wording_for(report(name=name), "{name} {link}") == f"{text} {{link}}"


def test_a_value_that_looks_like_a_placeholder_is_just_text() -> None:
    values = {"note": "{link} {name} {note}"}

    assert wording_for(report(values), "{note}: {link}") == "link {name} {note}: {link}"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("", "Amara, your report: {link}"),
        ("es", "Amara, su informe: {link}"),
        ("pt-BR", "Amara, o seu documento: {link}"),
        ("Français", "Amara, votre rapport : {link}"),
        ("SW", "Amara, ripoti yako: {link}"),
        ("Klingon", "Amara, your report: {link}"),
    ],
)
def test_without_words_of_the_sender_a_text_is_in_its_readers_language(language: str, sentence: str) -> None:
    assert wording_for(report(language=language), "") == sentence


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        ("Greenfield Clinic", "Greenfield Clinic: Amara, your report: {link}"),
        (
            "The Society for the Relief of Distressed Mariners",
            "The Society for the Relief of: Amara, your report: {link}",
        ),
        ("evil.example", "evil. example: Amara, your report: {link}"),
    ],
)
def test_words_of_our_own_begin_with_who_sends_them(sender: str, text: str) -> None:
    assert wording_for(report(), "", sender) == text


def test_the_senders_own_words_may_say_who_they_are() -> None:
    assert wording_for(report(), "{sender} for {name}: {link}", "Greenfield") == "Greenfield for Amara: {link}"
    assert wording_for(report(), "Hello {name}: {link}", "Greenfield") == "Hello Amara: {link}"
    assert wording_for(report({"sender": "Dr. Otieno"}), "{sender}: {link}", "Greenfield") == "Dr. Otieno: {link}"


def test_somebody_without_a_name_is_not_addressed_by_a_comma() -> None:
    assert wording_for(report(name="", language="es"), "") == "Su informe: {link}"


def test_a_message_without_a_link_gets_it_at_its_end() -> None:
    assert wording_for(report(), "Your results are ready.") == "Your results are ready. {link}"


def test_an_unknown_placeholder_is_named_and_so_is_what_there_is() -> None:
    with pytest.raises(Unprocessable) as refused:
        check_columns("{name} {appointment} {password} {tests}", [{"visit": "x", "tests": [{"name": "a"}]}])

    assert refused.value.code == "placeholder_unknown"
    assert refused.value.fields["unknown"] == ["appointment", "password", "tests"]
    assert refused.value.fields["known"] == ["link", "name", "sender", "visit"]


def test_every_row_that_was_looked_at_may_know_a_column() -> None:
    check_columns("{visit} {doctor}", [{"visit": None}, {"doctor": "Dr Who"}])


def test_whoever_can_read_the_page_behind_a_link_can_read_its_text() -> None:
    assert DEFAULT_MESSAGES.keys() == set(LANGUAGES)
