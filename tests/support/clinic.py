"""A clinic that uses the product: it knows nothing but the public endpoints of a running stack."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx

from local.stack.mails import links_mailed_to
from local.stack.running import RunningStack
from tests.adapters.letters import letter
from tests.adapters.workbooks import write_rows
from tests.support.waiting import eventually

PASSWORD = "securePassword123"
PASSWORD_OF_ONES_OWN = "another Secure 456"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LETTER = ("Dear {{ name }},", 'your fee is {{ fee|number("0.00") }}.')
TITLES = ("Name", "Phone", "Password", "Fee")
ENDED = frozenset({"completed", "failed"})
SETTLED = frozenset({"delivered", "undelivered", "failed"})

Document = dict[str, Any]
_numbers = itertools.count(1000)


@dataclass(frozen=True)
class Person:
    """A row of a workbook."""

    name: str
    phone: str
    password: str | None
    fee: object = 42.5

    @property
    def cells(self) -> tuple[object, ...]:
        """In the order of `TITLES`."""
        return (self.name, self.phone, self.password, self.fee)


def new_person(name: str = "Amara Okeke", *, phone: str | None = None, fee: object = 42.5) -> Person:
    """Somebody whose number nobody else has."""
    number = next(_numbers)
    return Person(name, phone or f"+1202555{number}", f"river-{number}", fee)


class Clinic:
    """One tenant and its administrator, signed in."""

    def __init__(self, stack: RunningStack, folder: Path) -> None:
        self._folder = folder
        self._mail_url = stack.mail_url
        self.http = httpx.Client(base_url=stack.api_url, timeout=60, trust_env=False)
        self.email = f"clinic-{next(_numbers)}@example.org"
        registration = {"email": self.email, "password": PASSWORD, "name": "Greenfield Clinic"}
        self.session: Document = self._told(self.http.post("/api/v1/auth/register", json=registration))
        self.http.headers["Authorization"] = f"Bearer {self.session['token']}"
        self.post("/api/auth/verify-email", {"token": self._mailed_token(self.email)})

    def join(self, email: str) -> None:
        """Somebody whom the clinic has just asked to join does, with `PASSWORD_OF_ONES_OWN`."""
        joining = {"token": self._mailed_token(email), "name": "Newly Come", "password": PASSWORD_OF_ONES_OWN}
        self.post("/api/invitations/accept", joining)

    @property
    def tenant_id(self) -> str:
        """Whose data everything here is."""
        return str(self.session["user"]["tenant_id"])

    def get(self, path: str, **query: str | int) -> Document:
        """What stands at a path."""
        return self._told(self.http.get(path, params=query))

    def post(self, path: str, body: Document | None = None, **headers: str) -> Document:
        """What came of a POST; a header's name is written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._told(self.http.post(path, json=body or {}, headers=named))

    def upload_template(self, content: bytes | None = None) -> Document:
        """A template, by default the short letter over `TITLES`."""
        files = {"file": ("letter.docx", content or letter(*LETTER), WORD_TYPE)}
        return self._told(self.http.post("/api/v1/admin/upload/template", files=files, data={"name": "Letter"}))

    def create_batch(self, template_id: str) -> Document:
        """A batch that waits for its workbook."""
        return self.post("/api/v1/admin/batches", {"name": "November", "template_id": template_id})

    def begin_batch(self, people: Iterable[Person]) -> Document:
        """A batch of these people, its workbook just uploaded."""
        batch = self.create_batch(self.upload_template()["id"])
        self.upload_workbook(batch, self.workbook(people))
        return batch

    def finished_batch(self, people: Iterable[Person]) -> Document:
        """A batch of these people, all rendered."""
        return self.wait_for_batch(self.begin_batch(people)["id"])

    def workbook(self, people: Iterable[Person]) -> bytes:
        """The bytes of a workbook with a row for each."""
        path = self._folder / f"{next(_numbers)}.xlsx"
        return write_rows(path, [TITLES, *(person.cells for person in people)]).read_bytes()

    def upload_workbook(self, batch: Document, content: bytes) -> None:
        """Puts a workbook where the batch's answer said."""
        headers = {"Content-Type": WORKBOOK_TYPE}
        put = httpx.put(batch["upload_url"], content=content, headers=headers, timeout=60, trust_env=False)
        put.raise_for_status()

    def wait_for_batch(self, batch_id: str) -> Document:
        """The batch once it has ended."""
        self.wait_for_status(batch_id, ENDED)
        return self.get(f"/api/v1/admin/batches/{batch_id}")

    def wait_for_status(self, batch_id: str, wanted: Iterable[str]) -> Document:
        """The batch's status once it is one of these."""
        statuses = frozenset(wanted)
        return eventually(
            lambda: self.get(f"/api/v1/admin/batches/{batch_id}/status"),
            until=lambda status: status["status"] in statuses,
            glance_seconds=0.7,  # a minute of looking stays under the limit of 100 requests
            seconds=90,
        )

    def reports(self, batch_id: str) -> list[Document]:
        """All reports of a (small) batch, in the order of its sheet."""
        return cast("list[Document]", self.get("/api/v1/admin/reports", batch_id=batch_id, limit=100)["reports"])

    def all_reports(self, batch_id: str) -> list[Document]:
        """All reports of a batch, page by page, in the order of its sheet."""
        found: list[Document] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get("/api/v1/admin/reports", batch_id=batch_id, limit=100, **cursor)
            found += page["reports"]
            if not page["next_cursor"]:
                return found
            cursor = {"cursor": page["next_cursor"]}

    def send_batch(self, batch_id: str) -> Document:
        """A text to everybody who got none yet."""
        return self.post(f"/api/v1/admin/batches/{batch_id}/send")

    def wait_for_deliveries(self, batch_id: str, wanted: Iterable[str] = SETTLED) -> list[Document]:
        """The reports once each ready one's text is where it should end."""
        statuses = frozenset(wanted)

        def settled(reports: Sequence[Document]) -> bool:
            return all(report["delivery"]["status"] in statuses for report in reports if report["status"] == "ready")

        return eventually(lambda: self.reports(batch_id), until=settled, glance_seconds=0.7)

    def _mailed_token(self, email: str) -> str:
        """The token of the one link that was mailed to an address."""
        [link] = eventually(lambda: links_mailed_to(self._mail_url, email))
        return link.partition("token=")[2]

    @staticmethod
    def _told(answer: httpx.Response) -> Document:
        assert answer.is_success, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
        return cast("Document", answer.json())
