"""What it costs to know and to count whoever asks, beyond the call of the database itself."""

from statistics import median
from typing import cast

from benchmarks.meter import cpu_seconds_of_calls
from benchmarks.row import AtMost, Count, Row
from benchmarks.rows.requests import open_database
from herald.http.access import AccessRule, CallerKind
from herald.http.authentication import Authenticator
from herald.http.contracts.resultflow import RESULTFLOW
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, require
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.tokens import AccessTokens
from herald.identity.tenants.standings import TenantStandings
from herald.identity.tenants.store import TenantStore

_REQUESTS = 300
_WRITES = ("update_item", "put_item", "delete_item", "batch_write_item", "transact_write_items")


class CpuOfAnAdmission(Row):
    what = "Verifying a token, counting its request and checking its role"
    against = "0"
    bound = AtMost(0.3, " ms")
    how = (
        "Median CPU time per request over rounds of 300 `Authenticator.authenticate` calls with a signed token, and of "
        "its role check, with a database that answers at once in place of the client."
    )

    def reach(self, rounds: int) -> float:
        route = StaffRoute()
        with open_database():
            route.ask()
            times = [cpu_seconds_of_calls(route.ask, calls=_REQUESTS) for _ in range(rounds)]
        return median(times) / _REQUESTS * 1000


class WritesOfAdmissions(Count):
    what = "DynamoDB writes to admit a request"
    against = "1"
    bound = AtMost(1, unit="")
    how = "Counts the writes of 300 admitted requests within a window, per request."

    def count(self) -> int:
        route = StaffRoute()
        with open_database() as database:
            for _ in range(_REQUESTS):
                route.ask()
        return -(-sum(database.calls[name] for name in _WRITES) // _REQUESTS)


class StaffRoute:
    """A staff route, and a member of staff who asks for it again and again."""

    def __init__(self) -> None:
        tokens = AccessTokens(lambda: {"signing_key": "a signing key for benchmarks, long enough"})
        rate_limits = RateLimitStore()
        standings = TenantStandings(TenantStore())
        self._authenticator = Authenticator(tokens, rate_limits, standing_of_tenant=standings.of_tenant)
        self._rule = AccessRule(CallerKind.STAFF, permission=Permission.RESULTS_READ)
        self._authorization = f"Bearer {tokens.issue_to_staff(Principal('user', 'tenant', Role.AGENT, 'session'))}"

    def ask(self) -> None:
        """One request."""
        authentication = self._authenticator.authenticate(
            self._rule, limits=RESULTFLOW.limits, authorization=self._authorization, source_ip="192.0.2.1"
        )
        require(cast("Principal", authentication.caller), Permission.RESULTS_READ)


ROWS = (CpuOfAnAdmission, WritesOfAdmissions)
