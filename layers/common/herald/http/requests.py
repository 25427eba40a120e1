"""What a Lambda event of an HTTP API (payload format 2.0) says, before anybody has read its body."""

import base64
import re
from collections.abc import Mapping
from typing import Any

Event = Mapping[str, Any]

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


def body_without_boundary(event: Event) -> str:
    """The body as far as the caller chose it: a client draws a new boundary for each try at the same form."""
    body = str(event.get("body") or "")
    _, found, boundary = header_of(event, "content-type").partition("boundary=")
    if not found or not event.get("isBase64Encoded"):
        return body
    return base64.b64decode(body).replace(boundary.strip('"').encode(), b"").decode("latin-1")
