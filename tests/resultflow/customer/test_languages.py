"""The language that the page behind a link speaks."""

from dataclasses import replace

import pytest

from herald.results.reports.model import Report
from tests.resultflow.customer.browser import follow, links_in, look, submit
from tests.support.events import LINK_TOKEN
from tests.support.results import PASSWORD, reports_store


@pytest.mark.parametrize(
    ("sheet", "browser", "spoken"),
    [
        ("sw", "en-GB,en;q=0.9", "sw"),
        ("Español", "", "es"),
        ("pt-BR", "fr", "pt"),
        ("", "fr-CA,fr;q=0.9,en;q=0.1", "fr"),
        ("Klingon", "de,sw;q=0.5", "sw"),
        ("", "de", "en"),
        ("", "", "en"),
    ],
)
def test_the_page_speaks_the_recipients_language_or_the_browsers(
    report: Report, sheet: str, browser: str, spoken: str
) -> None:
    reports_store().put_many([replace(report, recipient=replace(report.recipient, language=sheet))])

    page = look(accept_language=browser)
    submitted = submit(LINK_TOKEN, PASSWORD, language=spoken)

    assert f'<html lang="{spoken}">' in page.text
    assert f'action="/customer?language={spoken}"' in page.text
    assert f'<html lang="{spoken}">' in follow(submitted).text


def test_the_language_of_a_refusal_is_the_forms_and_tells_nothing_of_the_recipient(report: Report) -> None:
    reports_store().put_many([replace(report, recipient=replace(report.recipient, language="sw"))])

    for token in (LINK_TOKEN, "nobody"):
        assert '<html lang="fr">' in submit(token, "wrong", language="fr").text
        assert '<html lang="pt">' in submit(token, "wrong", accept_language="pt-PT").text


def test_a_person_can_choose_another_language(report: Report) -> None:
    [swahili] = [address for address in links_in(look().text) if address.endswith("language=sw")]

    assert swahili == f"/customer?token={LINK_TOKEN}&language=sw"
    assert '<html lang="sw">' in look(f"{LINK_TOKEN}&language=sw").text
