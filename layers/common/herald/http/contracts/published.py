"""The published limits of users and keys, by their names: those that an organisation may have otherwise."""

from collections.abc import Mapping
from types import MappingProxyType

from herald.http.contracts.event_stream import EVENT_STREAM
from herald.http.contracts.iperform import IPERFORM
from herald.http.contracts.mifumo import MIFUMO
from herald.http.contracts.pytake import PYTAKE
from herald.http.contracts.resultflow import RESULTFLOW
from herald.identity.rate_limits.model import Limit

_CONTRACTS = (RESULTFLOW, EVENT_STREAM, IPERFORM, PYTAKE, MIFUMO)

PUBLISHED_LIMITS: Mapping[str, Limit] = MappingProxyType(
    {limit.name: limit for contract in _CONTRACTS for limit in (contract.limits.user, contract.limits.key)}
)
