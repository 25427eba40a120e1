"""A person who got a text, at the customer's endpoints."""

from typing import cast

import httpx

from local.stack.running import RunningStack
from tests.support.carrier import CarrierControls, Text, token_in
from tests.support.clinic import Clinic, Document, Person


class Customer:
    """Somebody with a link, and perhaps its password."""

    def __init__(self, api_url: str, text: Text) -> None:
        self.http = httpx.Client(base_url=api_url, timeout=60, trust_env=False)
        self.token = token_in(text)

    def authenticate(self, password: str | None) -> httpx.Response:
        """Tries a password."""
        body = {"token": self.token, "password": password}
        return self.http.post("/api/v1/customer/authenticate", json=body)

    def open(self, password: str | None) -> None:
        """Opens the link with its password."""
        answer = self.authenticate(password)
        assert answer.status_code == 200, answer.text
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def report(self) -> Document:
        """The report behind the link."""
        answer = self.http.get("/api/v1/customer/report")
        assert answer.status_code == 200, answer.text
        return cast("Document", answer.json())

    def pdf(self) -> bytes:
        """The PDF behind the link."""
        return follow(self.http.get("/api/v1/customer/report/pdf"))


def customer_of(stack: RunningStack, clinic: Clinic, person: Person) -> Customer:
    """Somebody whose report was just delivered to them, alone in its batch."""
    batch = clinic.finished_batch([person])
    clinic.send_batch(batch["id"])
    clinic.wait_for_deliveries(batch["id"], ["delivered"])
    return Customer(stack.api_url, CarrierControls(stack.carrier_url).one_text_to(person.phone))


def follow(redirect: httpx.Response) -> bytes:
    """What stands at the address that an answer leads to, asked for without any token."""
    assert redirect.status_code == 302, redirect.text
    answer = httpx.get(redirect.headers["Location"], timeout=60, trust_env=False)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    return answer.content
