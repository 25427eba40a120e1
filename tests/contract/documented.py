"""What a published contract says of an answer, and the comparison with what came."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict


class Documented(BaseModel):
    """Base of every documented shape: each field must be there with its type; Herald may add fields of its own."""

    model_config = ConfigDict(strict=True, extra="allow")


class DocumentedExactly(BaseModel):
    """Base of shapes that clients take apart, such as errors: nothing may be added."""

    model_config = ConfigDict(strict=True, extra="forbid")


@dataclass(frozen=True)
class Exchange:
    """One line of a contract: a request and its documented answer.

    Attributes:
        operation: Method and path; ``{names}`` are filled in by the test.
        status: The HTTP status.
        answer: The shape of the body.
        body: The JSON that is sent; texts with ``{names}`` are filled in as well.
        query: The query string's parameters.
        echoed: Fields of the request that the answer repeats.
    """

    operation: str
    status: int
    answer: type[BaseModel]
    body: dict[str, str] | None = None
    query: dict[str, str] = field(default_factory=dict)
    echoed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.operation} -> {self.status}"

    def perform(self, http: httpx.Client, known: dict[str, str], *, ending: str) -> httpx.Response:
        """Sends the request, its path ending as given."""
        method, path = self.operation.split(" ")
        body = {name: value.format(**known) for name, value in self.body.items()} if self.body is not None else None
        query = {name: value.format(**known) for name, value in self.query.items()}
        return http.request(method, path.format(**known) + ending, json=body, params=query)

    def compare(self, answer: httpx.Response, known: dict[str, str]) -> None:
        """Fails with every difference between the document and the answer."""
        assert answer.status_code == self.status, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        self.answer.model_validate_json(answer.content)
        body: dict[str, Any] = answer.json()
        for name in self.echoed:
            assert body[name] == (self.body or {})[name].format(**known)
