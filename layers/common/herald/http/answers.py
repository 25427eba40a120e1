"""Answers that are not a model as JSON, and how a route tells the API's document of them.

Each but `redirect_to` gives what a route's ``responses=`` takes; join several with ``|``. Whatever is not said here
(errors, sign-in, limits) the document adds by itself.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

Answers = dict[int, "OpenAPIResponse"]

_TEXT = {"type": "string"}


def content(media_type: str, description: str, schema: Mapping[str, object] = _TEXT) -> Answers:
    """200 with a body of this media type, e.g. ``text/csv``; what is not text has another JSON schema."""
    return {200: {"description": description, "content": {media_type: {"schema": dict(schema)}}}}


def html_page(description: str) -> Answers:
    """200 with a page for a browser; the document lists it under ``x-herald-pages``."""
    return content("text/html", description)


def redirect(description: str, *, status: int = 302) -> Answers:
    """302 (or 303, after a form) to the address in ``Location``, e.g. a short-lived link to a file."""
    location = {"description": "Where to go on.", "schema": {"type": "string", "format": "uri"}}
    return {status: {"description": description, "headers": {"Location": location}}}  # type: ignore[dict-item]  # one header is an OpenAPIResponseHeader


def redirect_to(url: str) -> Response[str]:
    """302 to a short-lived address."""
    return Response(status_code=int(HTTPStatus.FOUND), content_type="text/plain", body="", headers={"Location": url})
