"""The pages behind a link: whole in every language, light, plain, and readable by everybody."""

import base64
import hashlib
import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from functions.resultflow.customer.pages import PAGE_HEADERS, STYLE, ask_password, show_notice, show_report
from functions.resultflow.customer.texts import Notice, Texts, all_texts, texts_in
from herald.results.reports.model import RecipientDetails, Report, ReportStatus

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOKEN = "02y9GV0zwVZtFqUCGZ1BTCSampleSecretOfOneLink0"
REPORT = Report(
    tenant_id="t",
    batch_id="b",
    row=2,
    report_id="5f0c6a8e-7a58-5b52-a6e0-0d1b8f0c2a11",
    recipient=RecipientDetails("Amara Okeke", "+12025550100"),
    status=ReportStatus.READY,
    created_at=NOW,
    updated_at=NOW,
)
HOSTILE = "\"><script>alert(1)</script>&amp;{0}{name}%s'<img src=//evil.example/x>"
NOTICES = [field.name for field in fields(Texts) if field.type is Notice]
LARGEST_PAGE = 6 * 1024
PLACES = {
    "greeting": {"name"},
    "ready": {"date"},
    "time_left": {"time"},
    "hours": {"hours"},
    "date": {"day", "month", "year"},
}


def pages_in(texts: Texts) -> dict[str, str]:
    """Every page there is."""
    return {
        "form": ask_password(texts, TOKEN, sender_name="Greenfield Clinic"),
        "refused": ask_password(texts, TOKEN, complaint=texts.refused),
        "missing": ask_password(texts, TOKEN, complaint=texts.missing),
        "report": show_report(texts, REPORT, sender_name="Greenfield Clinic", time_left=timedelta(hours=23)),
        "pending": show_report(texts, replace(REPORT, status=ReportStatus.PENDING), time_left=timedelta(hours=23)),
        "failed": show_report(texts, replace(REPORT, status=ReportStatus.FAILED), time_left=timedelta(hours=23)),
        **{name: show_notice(texts, getattr(texts, name), number="JKJaXmPLvHcESHA=") for name in NOTICES},
    }


EVERY_PAGE = [
    pytest.param(page, texts, id=f"{language}-{name}")
    for language, texts in all_texts().items()
    for name, page in pages_in(texts).items()
]


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize(("page", "texts"), EVERY_PAGE)
def test_a_page_is_light_plain_and_fetches_nothing(page: str, texts: Texts) -> None:
    outline = Outline(page)

    assert len(page.encode()) < LARGEST_PAGE
    assert outline.open == []
    assert not {"script", "img", "link", "iframe", "object", "embed", "base"} & {tag for tag, _ in outline.elements}
    for _, attributes in outline.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert all(
            attributes.get(name, "/").startswith("/customer") or attributes.get(name) is None
            for name in ("href", "action", "src")
        )
    assert "url(" not in page
    assert "{" not in re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize(("page", "texts"), EVERY_PAGE)
def test_a_page_can_be_used_with_eyes_ears_or_keys(page: str, texts: Texts) -> None:
    outline = Outline(page)
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]

    assert outline.all("html") == [{"lang": texts.language}]
    assert len(outline.all("h1")) == len(outline.all("main")) == len(outline.all("title")) == 1
    assert "width=device-width" in page
    assert "user-scalable" not in page
    assert "maximum-scale" not in page
    assert all(attributes.get("aria-hidden") == "true" for attributes in outline.all("svg"))
    assert len(ids) == len(set(ids))
    for field in outline.all("input"):
        if field["type"] != "hidden":
            assert field["id"] in {label["for"] for label in outline.all("label")}
            assert set(field["aria-describedby"].split()) <= set(ids)


@pytest.mark.parametrize("texts", all_texts().values(), ids=all_texts())
def test_what_was_wrong_is_said_beside_the_field_and_in_the_title(texts: Texts) -> None:
    page = ask_password(texts, TOKEN, complaint=texts.refused)
    [alert] = [element for _, element in Outline(page).elements if element.get("role") == "alert"]
    [password] = [field for field in Outline(page).all("input") if field["type"] == "password"]

    assert alert["id"] in password["aria-describedby"]
    assert password["aria-invalid"] == "true"
    assert f"<title>{texts.error}: " in page
    assert texts.refused in page


@pytest.mark.parametrize("texts", all_texts().values(), ids=all_texts())
def test_each_state_has_a_title_of_its_own(texts: Texts) -> None:
    titles = [re.findall("<title>(.*)</title>", page)[0] for page in pages_in(texts).values()]

    assert len(set(titles)) == 2 + len(NOTICES)


@pytest.mark.parametrize("texts", all_texts().values(), ids=all_texts())
def test_every_sentence_is_there_and_has_its_places(texts: Texts) -> None:
    for field in fields(Texts):
        said = getattr(texts, field.name)
        sentences = [said] if isinstance(said, str) else list(said)
        assert all(sentence.strip() for sentence in sentences)
        wanted = {"number"} if field.name == "fault" else PLACES.get(field.name, set())
        assert set(re.findall(r"{(\w*)}", " ".join(sentences))) == wanted
    assert len(texts.months) == 12


def test_no_language_has_kept_the_english_sentence() -> None:
    english = all_texts()["en"]
    short = {"error", "date", "first_of_month", "one_hour"}
    for texts in all_texts().values():
        for field in fields(Texts):
            if texts is not english and field.name not in short:
                assert getattr(texts, field.name) != getattr(english, field.name), (texts.language, field.name)


@pytest.mark.parametrize(
    ("language", "written", "first"),
    [
        ("en", "22 November 2026", "1 January 2027"),
        ("es", "22 de noviembre de 2026", "1 de enero de 2027"),
        ("pt", "22 de novembro de 2026", "1 de janeiro de 2027"),
        ("fr", "22 novembre 2026", "1er janvier 2027"),
        ("sw", "22 Novemba 2026", "1 Januari 2027"),
    ],
)
def test_a_date_is_written_as_its_language_writes_it(language: str, written: str, first: str) -> None:
    texts = all_texts()[language]

    assert texts.written_date(NOW) == written
    assert texts.written_date(datetime(2027, 1, 1, tzinfo=UTC)) == first


@pytest.mark.parametrize(
    ("minutes", "english", "spanish", "swahili"),
    [
        (24 * 60, "24 hours", "24 horas", "saa 24"),
        (24 * 60 - 1, "23 hours", "23 horas", "saa 23"),
        (119, "1 hour", "1 hora", "saa 1"),
        (59, "less than an hour", "menos de una hora", "chini ya saa moja"),
        (-1, "less than an hour", "menos de una hora", "chini ya saa moja"),
    ],
)
def test_the_time_left_promises_nothing_that_is_not_so(minutes: int, english: str, spanish: str, swahili: str) -> None:
    left = timedelta(minutes=minutes)

    assert [all_texts()[language].written_hours(left) for language in ("en", "es", "sw")] == [english, spanish, swahili]


@pytest.mark.parametrize("name", [HOSTILE, "مريم العلي", "\u202eمريم", "O'Brien & Sons", "😀" * 200])
def test_a_name_is_text_and_keeps_its_direction(name: str) -> None:
    page = show_report(
        all_texts()["en"], replace(REPORT, recipient=replace(REPORT.recipient, name=name)), time_left=timedelta(hours=1)
    )
    outline = Outline(page)

    assert not outline.all("script")
    assert not outline.all("img")
    assert {"dir": "auto"} in outline.all("span")


def test_a_token_from_the_address_is_text() -> None:
    outline = Outline(ask_password(all_texts()["en"], HOSTILE))

    assert not outline.all("script")
    assert HOSTILE in [field.get("value") for field in outline.all("input")]


def test_a_person_without_a_name_is_greeted_all_the_same() -> None:
    nameless = replace(REPORT, recipient=replace(REPORT.recipient, name=" "))

    assert "<h1>Hello</h1>" in show_report(all_texts()["en"], nameless, time_left=timedelta(hours=1))


def test_the_browser_lets_a_page_do_nothing_but_wear_its_own_style() -> None:
    policy = PAGE_HEADERS["Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "form-action 'self'" in policy
    assert f"<style>{STYLE}</style>" in ask_password(all_texts()["en"], TOKEN)


def test_the_first_known_language_is_spoken_and_english_where_none_is() -> None:
    assert texts_in("", "xx", "fr", "es") is all_texts()["fr"]
    assert texts_in() is texts_in("", "xx") is all_texts()["en"]


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _colours(style: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for selectors, rules in re.findall(r"([^{}]+){([^{}]*)}", style):
        for selector in selectors.strip().split(","):
            for rule in filter(None, rules.split(";")):
                name, _, value = rule.partition(":")
                if colour := re.search(r"#[0-9a-f]{3,6}", value):
                    found[selector, re.sub("-.*", "", name)] = colour[0]
    return found


def test_every_pair_of_colours_has_the_contrast_that_wcag_asks_for() -> None:
    light, _, dark = STYLE.partition("@media (prefers-color-scheme:dark){")
    bright = _colours(light)
    for colours in (bright, bright | _colours(dark)):
        card, ground = colours["article", "background"], colours["body", "background"]
        second = ".button+.button"
        texts = [
            (colours["body", "color"], card),
            (colours[".fine", "color"], card),
            (colours["input", "color"], colours["input", "background"]),
            (colours["button", "color"], colours["button", "background"]),
            (colours[second, "color"], colours[second, "background"]),
            (colours[".alert", "color"], colours[".alert", "background"]),
            (colours["nav a", "color"], ground),
            (colours["nav span", "color"], ground),
        ]
        edges = [
            (colours["input", "border"], card),
            (colours["button", "background"], card),
            (colours["[aria-invalid]", "border"], card),
            (colours[":focus", "outline"], card),
            (colours[":focus", "outline"], ground),
            (colours["svg", "color"], card),
        ]
        assert min(_contrast(*pair) for pair in texts) >= 4.5
        assert min(_contrast(*pair) for pair in edges) >= 3
