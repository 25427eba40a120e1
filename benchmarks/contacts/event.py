"""What API Gateway sends to either function."""

import json
from typing import Any

from benchmarks.contacts.models import PATH
from benchmarks.contacts.on_herald import tokens
from herald.identity.model import Principal, Role

_CONTACT = {"name": "Jo", "phone": "+14155550100", "email": "jo@example.com", "tags": ["new"], "age": 41}


def event_of(method: str, *, token: str | None = None, body: str | None = None) -> dict[str, Any]:
    """What API Gateway sends, by a signed-in user unless told otherwise."""
    if token is None:
        token = tokens.issue_to_staff(Principal("user", "tenant", Role.AGENT, "session"))
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": PATH,
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
            "host": "localhost",
            "user-agent": "benchmark",
        },
        "requestContext": {
            "http": {"method": method, "path": PATH, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "requestId": "request",
            "stage": "$default",
        },
        "body": (body or json.dumps(_CONTACT)) if method == "POST" else None,
        "isBase64Encoded": False,
    }
