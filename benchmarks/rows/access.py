"""What it costs to know and to count whoever asks, beyond the call of the database itself."""

from statistics import median
from typing import cast

from benchmarks.meter import cpu_seconds_of_calls
from benchmarks.row import AtMost, Count, Row
from benchmarks.rows.requests import open_database
from herald.http.access import AccessRule, Audience
from herald.http.authentication import Doorkeeper
from herald.identity.admissions.store import AdmissionStore
from herald.identity.model import Principal, Role
from herald.identity.permissions import Permission, require
from herald.identity.sessions.tokens import AccessTokens
from herald.identity.tenants.service import TenantLimits
from herald.identity.tenants.store import TenantStore

_REQUESTS = 300
_WRITES = ("update_item", "put_item", "delete_item", "batch_write_item", "transact_write_items")


class CpuOfAnAdmission(Row):
    what = "Verifying a token, counting its request and checking its role"
    against = "0"
    bound = AtMost(0.3, " ms")
    how = (
        "Median CPU time per request over rounds of 300 `Doorkeeper.admit` calls with a signed token, and of its role "
        "check, with a database that answers at once in place of the client."
    )

    def reach(self, rounds: int) -> float:
        door = Door()
        with open_database():
            door.let_in()
            times = [cpu_seconds_of_calls(door.let_in, calls=_REQUESTS) for _ in range(rounds)]
        return median(times) / _REQUESTS * 1000


class WritesOfAdmissions(Count):
    what = "DynamoDB writes to admit a request"
    against = "1"
    bound = AtMost(1, unit="")
    how = "Counts the writes of 300 admissions within a window, per request."

    def count(self) -> int:
        door = Door()
        with open_database() as database:
            for _ in range(_REQUESTS):
                door.let_in()
        return -(-sum(database.calls[name] for name in _WRITES) // _REQUESTS)


class Door:
    """A staff route's door, and a member of staff who comes through it again and again."""

    def __init__(self) -> None:
        tokens = AccessTokens(lambda: {"signing_key": "a signing key for benchmarks, long enough"})
        admissions = AdmissionStore()
        limits = TenantLimits(TenantStore())
        self._doorkeeper = Doorkeeper(tokens, admissions, limits_of_tenant=limits.of_tenant)
        self._rule = AccessRule(Audience.STAFF, None, permission=Permission.RESULTS_READ)
        self._authorization = f"Bearer {tokens.issue_to_staff(Principal('user', 'tenant', Role.AGENT, 'session'))}"

    def let_in(self) -> None:
        """One request."""
        admitted = self._doorkeeper.admit(
            self._rule, path="/api/v1/admin/reports", authorization=self._authorization, source_ip="192.0.2.1"
        )
        require(cast("Principal", admitted.caller), Permission.RESULTS_READ)


ROWS = (CpuOfAnAdmission, WritesOfAdmissions)
