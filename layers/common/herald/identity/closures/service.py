"""Closing an organisation, which is erased some time later, and opening it again until then."""

from herald.errors import Invalid
from herald.identity.accounts.service import Accounts
from herald.identity.closures.model import GRACE_PERIOD, TenantErasure
from herald.identity.closures.store import ClosureStore
from herald.identity.model import Principal
from herald.identity.ports import ErasureQueue
from herald.identity.tenants.model import Tenant, TenantState
from herald.identity.tenants.store import TenantStore
from herald.values.clock import Clock, utc_now


class Closures:
    """The use cases of an administrator who has an organisation deleted."""

    def __init__(
        self,
        closures: ClosureStore,
        tenants: TenantStore,
        accounts: Accounts,
        queue: ErasureQueue,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._closures = closures
        self._tenants = tenants
        self._accounts = accounts
        self._queue = queue
        self._clock = clock

    def of_tenant(self, tenant_id: str) -> Tenant:
        """An organisation, or NotFound: whether it is closed, and from when on it is erased."""
        return self._tenants.get(tenant_id)

    def close(self, principal: Principal, *, name: str, password: str, address: str = "") -> Tenant:
        """Closes the caller's organisation, to be erased after the grace period; closing it again begins that anew.

        Args:
            principal: an administrator.
            name: of the organisation, written out by whoever wants this.
            password: the caller's present one.
            address: where this is asked from.

        Raises:
            Invalid: the name or the password is another one.
            RateLimited: too many wrong passwords.
            Conflict: it is being erased (``organisation_deleted``).
        """
        self._check_is_meant(principal, name, password, address)
        now = self._clock()
        self._closures.close(principal.tenant_id, now=now, erase_at=now + GRACE_PERIOD)
        return self._tenants.get(principal.tenant_id)

    def erase_now(self, principal: Principal, *, name: str, password: str, address: str = "") -> Tenant:
        """Closes the caller's organisation and has it erased at once, which nobody can undo.

        Raises:
            Invalid, RateLimited: as `close`.
        """
        self._check_is_meant(principal, name, password, address)
        return self.erase(principal.tenant_id)

    def erase(self, tenant_id: str) -> Tenant:
        """Has an organisation erased at once, harmlessly again."""
        now = self._clock()
        if self._tenants.get(tenant_id).state is not TenantState.ERASING:
            self._closures.close(tenant_id, now=now, erase_at=now)
            self._closures.begin_erasing(tenant_id, now=now)
        self._queue.send([TenantErasure(tenant_id).to_message()])
        return self._tenants.get(tenant_id)

    def reopen(self, principal: Principal) -> Tenant:
        """Opens the caller's organisation again.

        Raises:
            Conflict: it is being erased (``organisation_deleted``).
        """
        self._closures.reopen(principal.tenant_id)
        return self._tenants.get(principal.tenant_id)

    def _check_is_meant(self, principal: Principal, name: str, password: str, address: str) -> None:
        if name.strip() != self._tenants.get(principal.tenant_id).name:
            raise Invalid("Write the name of your organisation as it is.", fields={"name": "another one"})
        self._accounts.check_present_password(principal.user_id, password, address=address)


class DueErasures:
    """What happens once a day."""

    def __init__(self, closures: ClosureStore, queue: ErasureQueue, *, clock: Clock = utc_now) -> None:
        self._closures = closures
        self._queue = queue
        self._clock = clock

    def ask(self) -> int:
        """Has every organisation erased whose time has come, also one whose erasing broke off; gives their number."""
        asked = 0
        for tenant_id in self._closures.due(self._clock()):
            self._queue.send([TenantErasure(tenant_id).to_message()])
            asked += 1
        return asked
