"""The simulated carrier, as a test steers and questions it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.support.waiting import eventually

Text = dict[str, Any]


class CarrierControls:
    """What the carrier carried, and how it behaves."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def texts_to(self, phone: str) -> list[Text]:
        """What was accepted for one number, oldest first."""
        answer = self._http.get("/outbox", params={"to": phone, "limit": 1000}).raise_for_status().json()
        return cast("list[Text]", answer["messages"])

    def one_text_to(self, phone: str) -> Text:
        """The only text to a number."""
        texts = self.texts_to(phone)
        assert len(texts) == 1, texts
        return texts[0]

    @contextmanager
    def behaving(self, *rules: dict[str, object], **conduct: object) -> Iterator[None]:
        """Behaves by these rules (see local/carrier/behaviour.py), and well again afterwards."""
        self._http.put("/behaviour", json={"rules": list(rules), **conduct}).raise_for_status()
        try:
            yield
        finally:
            self._http.delete("/behaviour").raise_for_status()

    def wait_until_idle(self) -> None:
        """Waits until every callback is posted."""
        eventually(lambda: self._http.get("/health").json()["under_way"], until=lambda under_way: under_way == 0)


def token_in(text: Text) -> str:
    """The token of the link in a text."""
    link = re.search(r"https?://\S+", text["body"])
    assert link is not None, text
    return parse_qs(urlsplit(link[0]).query)["token"][0]
