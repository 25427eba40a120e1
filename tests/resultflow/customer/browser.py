"""What a person with a link asks for, in a browser or by a program."""

import base64
import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.support.events import LINK_TOKEN, sample_event
from tests.support.functions import ask, ask_sample
from tests.support.requests import Answer
from tests.support.results import PASSWORD


def authenticate(token: str = LINK_TOKEN, password: str = PASSWORD) -> Answer:
    return ask_sample("resultflow/customer/authenticate", body={"token": token, "password": password})


def submit(token: str, password: str, *, language: str = "", **headers: str) -> Answer:
    """What the page's form is answered."""
    event = sample_event("resultflow/customer/open_from_page")
    event["body"] = base64.b64encode(urlencode({"token": token, "password": password}).encode()).decode()
    event["headers"] |= {name.replace("_", "-"): value for name, value in headers.items()}
    if language:
        event |= {"rawQueryString": f"language={language}", "queryStringParameters": {"language": language}}
    return ask("resultflow/customer", event)


def look(token: str = LINK_TOKEN, **headers: str) -> Answer:
    """The page behind a link."""
    return ask_sample("resultflow/customer/page", path=(LINK_TOKEN, token), **headers)


def follow(submitted: Answer, sample: str = "report_page", **query: str) -> Answer:
    """What a browser is shown that was led to a report's page; ``pdf_from_page`` for its PDF."""
    event = sample_event(f"resultflow/customer/{sample}")
    address = urlsplit(submitted.headers["location"])
    wanted = query or dict(parse_qsl(address.query))
    event |= {
        "rawPath": address.path + ("/pdf" if sample == "pdf_from_page" else ""),
        "rawQueryString": urlencode(wanted),
        "queryStringParameters": wanted,
        "cookies": [cookie.partition(";")[0] for cookie in submitted.cookies],
    }
    return ask("resultflow/customer", event)


def links_in(page: str) -> list[str]:
    """Where a page leads."""
    return [unescape(address) for address in re.findall(r'href="([^"]+)"', page)]
