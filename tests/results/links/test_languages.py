"""Which language a person is spoken to in, as a sheet names it and as a browser asks for it."""

import pytest

from herald.results.links.languages import known_language, preferred_language


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("sw", "sw"), ("EN", "en"), ("pt-BR", "pt"), ("es_MX", "es"), (" fr ", "fr"), ("Español", "es"),
        ("Português", "pt"), ("FRANÇAIS", "fr"), ("Kiswahili", "sw"), ("English", "en"), ("swa", "sw"),
        ("", ""), ("de", ""), ("x" * 100_000, ""), ("-", ""),
    ],
)  # fmt: skip
def test_a_language_is_known_by_its_code_and_by_its_name(word: str, language: str) -> None:
    assert known_language(word) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("sw", "sw"),
        ("de-DE,de;q=0.9,fr;q=0.8,en;q=0.7", "fr"),
        ("en;q=0.1, es;q=0.9", "es"),
        ("fr;q=0,pt", "pt"),
        ("*", ""),
        ("", ""),
        (";;;,q=,=", ""),
        ("fr;q=nonsense,sw;q=0.2", "sw"),
        ("de," * 10_000 + "fr", ""),
    ],
)
def test_a_browsers_wish_is_heard(header: str, language: str) -> None:
    assert preferred_language(header) == language
