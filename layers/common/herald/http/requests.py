"""What a Lambda event of an HTTP API (payload format 2.0) says, before anybody has read its body."""

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

Event = Mapping[str, Any]

_NAME_OF_PART = re.compile(rb"""content-disposition:[^\r\n]*[;\s]name="?([^";\r\n]*)""", re.IGNORECASE)
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


def normalized(event: Event) -> dict[str, Any]:
    """An event whose path has no trailing slash, and whose header names and media type are in lower case."""
    path = str(event["rawPath"]).rstrip("/") or "/"
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    if "content-type" in headers:
        media_type, semicolon, parameters = headers["content-type"].partition(";")
        headers["content-type"] = f"{media_type.lower()}{semicolon}{parameters}"
    return {**event, "rawPath": path, "headers": headers}


def method_of(event: Event) -> str:
    return str(event["requestContext"]["http"]["method"])


def source_ip_of(event: Event) -> str:
    """The caller's address as the API saw it."""
    return str(event["requestContext"]["http"].get("sourceIp", ""))


def signer_of(event: Event) -> str:
    """The ARN of whoever signed the request for IAM; empty where the API verified no signature."""
    iam = (event["requestContext"].get("authorizer") or {}).get("iam") or {}
    return str(iam.get("userArn") or "")


def header_of(event: Event, name: str) -> str:
    """A header by its name in lower case; empty where it was not sent."""
    return str(event["headers"].get(name) or "")


def cookie_of(event: Event, name: str) -> str:
    """A cookie; empty where it was not sent."""
    sent = event.get("cookies") or header_of(event, "cookie").split(";")
    for key, _, value in (str(cookie).strip().partition("=") for cookie in sent):
        if key == name:
            return value
    return ""


def callers_request_id(event: Event) -> str:
    """The id that the caller gave the request, where it may stand in a log line and a header; else empty."""
    request_id = header_of(event, "x-request-id")
    return request_id if _SANE_REQUEST_ID.fullmatch(request_id) else ""


def form_fields_of(event: Event) -> list[str]:
    """The names of a form's fields, in their order; one that was sent twice stands there twice."""
    body = str(event.get("body") or "")
    content = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("latin-1", "replace")
    content_type = header_of(event, "content-type")
    if not content_type.startswith("multipart/"):
        return [name for name, _ in parse_qsl(content.decode(errors="replace"), keep_blank_values=True)]
    boundary = content_type.partition("boundary=")[2].partition(";")[0].strip(' "')
    parts = content.split(b"--" + boundary.encode())[1:-1]
    names = (_NAME_OF_PART.search(part.partition(b"\r\n\r\n")[0]) for part in parts)
    return [name[1].decode(errors="replace") for name in names if name]


def body_without_boundary(event: Event) -> str:
    """The body as far as the caller chose it: a client draws a new boundary for each try at the same form."""
    body = str(event.get("body") or "")
    _, found, boundary = header_of(event, "content-type").partition("boundary=")
    if not found or not event.get("isBase64Encoded"):
        return body
    return base64.b64decode(body).replace(boundary.strip('"').encode(), b"").decode("latin-1")
