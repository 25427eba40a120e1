"""Whose format the answer to a path has that no endpoint claims, by its prefix; of use to nothing else."""

from dataclasses import replace

from herald.http.contracts.contract import Contract
from herald.http.contracts.event_stream import EVENT_STREAM
from herald.http.contracts.iperform import IPERFORM
from herald.http.contracts.mifumo import MIFUMO
from herald.http.contracts.pytake import PYTAKE
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.contracts.shared_sign_in import SHARED_SIGN_IN
from herald.http.contracts.shared_users import SHARED_USERS

_PREFIXES: tuple[tuple[str, Contract], ...] = (
    ("/api/v1/admin", RESULTFLOW),
    ("/api/v1/customer", RESULTFLOW),
    ("/api/v1/webhooks/sms", RESULTFLOW),
    ("/api/v1/auth-db", PYTAKE),
    ("/api/v1/auth", SHARED_SIGN_IN),
    ("/api/v1/whatsapp", PYTAKE),
    ("/api/v1/conversations", PYTAKE),
    ("/api/v1/flows", PYTAKE),
    ("/api/v1/whatsapp-configs", PYTAKE),
    ("/api/v1/dashboard", PYTAKE),
    ("/api/v1/ws", PYTAKE),
    ("/api/v1/status", PYTAKE),
    ("/api/v1/users", SHARED_USERS),
    ("/api/v1/campaigns", EVENT_STREAM),
    ("/api/v1/templates", EVENT_STREAM),
    ("/api/v1/segments", EVENT_STREAM),
    ("/api/v1/reporting", EVENT_STREAM),
    ("/api/v1/monitoring", EVENT_STREAM),
    ("/webhooks", EVENT_STREAM),
    ("/api/v1", IPERFORM),
    ("/api-docs", PYTAKE),
    ("/api", MIFUMO),
    ("/customer", RESULTFLOW),
    ("/operator", RESULTFLOW),
)


def contract_of(path: str) -> Contract:
    """The contract that owns a path: that of the first prefix of whole segments; PyTake, where there is none."""
    for prefix, contract in _PREFIXES:
        if f"{path}/".startswith(f"{prefix}/"):
            return contract.at(path)
    return PYTAKE


EVERY_PATH = replace(PYTAKE, owner_of=contract_of)
"""For the function that answers wherever no other does."""
