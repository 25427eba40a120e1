"""What the demo does over HTTP: the calls of an organisation, and those of one of the people it reaches."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local.stack.mails import links_mailed_to

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SECONDS_BETWEEN_LOOKS = 1.0
"""The API allows a hundred requests a minute."""
_LONGEST_WAIT_SECONDS = 180.0

Json = dict[str, Any]


class DemoFailed(RuntimeError):
    """The product did not do what the demo is there to show."""


@dataclass(frozen=True)
class Text:
    """A text that the carrier took."""

    to: str
    body: str

    @property
    def link(self) -> str:
        """The address in the text."""
        return next(word for word in self.body.split() if word.startswith("http"))

    @property
    def token(self) -> str:
        """The token of the link."""
        return self.link.partition("token=")[2]


class Organisation:
    """Somebody who sends reports."""

    def __init__(self, api_url: str) -> None:
        self._http = httpx.Client(base_url=api_url, timeout=60)

    def sign_up(self, email: str, password: str, name: str) -> None:
        """Registers and stays signed in."""
        answer = self._ask("POST", "/api/v1/auth/register", json={"email": email, "password": password, "name": name})
        self._http.headers["Authorization"] = f"Bearer {answer['token']}"

    def confirm_address(self, link: str) -> None:
        """Presses the button on the page that the mail about the sign-up leads to."""
        page, _, token = link.partition("?token=")
        self._http.post(page, data={"token": token}).raise_for_status()

    def upload_template(self, path: Path, name: str) -> Json:
        """Uploads a Word template; the answer lists its placeholders."""
        files = {"file": (path.name, path.read_bytes(), DOCX)}
        return self._ask("POST", "/api/v1/admin/upload/template", files=files, data={"name": name})

    def create_batch(self, name: str, template_id: str) -> Json:
        """Creates a batch; the answer has the URL for its workbook."""
        return self._ask("POST", "/api/v1/admin/batches", json={"name": name, "template_id": template_id})

    def upload_workbook(self, upload_url: str, path: Path) -> None:
        """Puts the workbook where the batch waits for it; that alone starts the work."""
        headers = {"Content-Type": XLSX}
        httpx.put(upload_url, content=path.read_bytes(), headers=headers, timeout=60).raise_for_status()

    def follow_batch(self, batch_id: str) -> Iterator[Json]:
        """The status of a batch, again and again, until it has ended."""
        for _ in _looks("the batch did not end"):
            status = self._ask("GET", f"/api/v1/admin/batches/{batch_id}/status")
            yield status
            if status["status"] in {"completed", "failed"}:
                return

    def send_batch(self, batch_id: str) -> int:
        """Sends every report of a batch; gives their number."""
        return int(self._ask("POST", f"/api/v1/admin/batches/{batch_id}/send", json={})["reports"])

    def follow_deliveries(self, batch_id: str) -> Iterator[list[Json]]:
        """The reports of a batch, again and again, until every text has arrived or failed."""
        for _ in _looks("the texts did not arrive"):
            reports = self._ask("GET", "/api/v1/admin/reports", params={"batch_id": batch_id, "limit": 100})["reports"]
            yield reports
            if all(report["delivery"]["status"] in {"delivered", "undelivered", "failed"} for report in reports):
                return

    def _ask(self, method: str, path: str, **options: Any) -> Json:  # noqa: ANN401 - httpx's own options
        return _checked(self._http.request(method, path, **options))


class Person:
    """Somebody who gets a text."""

    def __init__(self, api_url: str) -> None:
        self._http = httpx.Client(base_url=api_url, timeout=60)

    def open_page(self, text: Text) -> str:
        """The page behind the link, as a browser gets it."""
        answer = self._http.get("/customer", params={"token": text.token})
        answer.raise_for_status()
        return answer.text

    def open_report(self, text: Text, password: str) -> bytes:
        """The PDF, for whoever knows the password."""
        body = {"token": text.token, "password": password}
        opened = _checked(self._http.post("/api/v1/customer/authenticate", json=body))
        headers = {"Authorization": f"Bearer {opened['access_token']}"}
        answer = self._http.get("/api/v1/customer/report/pdf", headers=headers, follow_redirects=False)
        pdf = httpx.get(answer.headers["Location"], timeout=60).content
        if not pdf.startswith(b"%PDF"):
            raise DemoFailed("What the link led to is not a PDF.")
        _checked(self._http.post("/api/v1/customer/report/download", headers=headers))
        return pdf


def link_mailed_to(mail_url: str, email: str) -> str:
    """The link in the first mail to an address, once it is there."""
    for _ in _looks("no mail came"):
        if links := links_mailed_to(mail_url, email):
            return links[0]
    raise AssertionError  # looking ends as a failed demo


def texts_sent_to(carrier_url: str, phone: str) -> list[Text]:
    """What the simulated carrier took for a number."""
    answer = httpx.get(f"{carrier_url}/outbox", params={"to": phone}, timeout=10)
    return [Text(message["to"], message["body"]) for message in answer.json()["messages"]]


def _looks(disappointment: str) -> Iterator[None]:
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    while time.monotonic() < deadline:
        yield
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    raise DemoFailed(f"After {_LONGEST_WAIT_SECONDS:.0f} seconds {disappointment}.")


def _checked(answer: httpx.Response) -> Json:
    if answer.is_error:
        raise DemoFailed(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}")
    body: Json = answer.json()
    return body
