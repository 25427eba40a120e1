"""How a route tells the API's document of an answer that is not its model as JSON.

Each gives what a route's ``responses=`` takes; join several with ``|``. Whatever is not said here (the errors of the
path's dialect, sign-in, limits) the document adds by itself.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

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
