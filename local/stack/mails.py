"""The e-mails that a running stack sent: its engine keeps them."""

import re
from collections.abc import Iterator
from typing import Any

import httpx


def links_mailed_to(mail_url: str, email: str) -> list[str]:
    """The links in the mails to an address so far, the oldest first."""
    kept = httpx.get(mail_url, timeout=10, trust_env=False).raise_for_status().json()
    return [link for mail in _mails(kept) if email in mail["To"] for link in re.findall(r"http\S+", mail["BodyText"])]


def _mails(kept: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for mails in kept["messages"].values():
        yield from mails
