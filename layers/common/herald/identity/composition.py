"""The object graph of identity, each part built when it is first asked for.

What only some functions need is imported then: it would cost the cold start of the others one part in twenty.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING

from herald.adapters.aws.secrets import read_secret
from herald.adapters.password_hasher import Argon2PasswordHasher
from herald.errors import Unavailable
from herald.identity.accounts.store import PersonStore
from herald.identity.audit.service import AuditLog
from herald.identity.audit.store import AuditStore
from herald.identity.rate_limits.model import Limit
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.tokens import AccessTokens
from herald.identity.staff.store import MembershipStore
from herald.identity.tenants.standings import TenantStandings
from herald.identity.tenants.store import TenantStore
from herald.settings import Settings, settings
from herald.values.clock import Clock, utc_now

if TYPE_CHECKING:
    from herald.adapters.aws.queue import Queue
    from herald.identity.accounts.passwords import Passwords
    from herald.identity.accounts.service import Accounts
    from herald.identity.closures.service import Closures, DueErasures
    from herald.identity.closures.store import ClosureStore
    from herald.identity.deletion.leaving import Leaving
    from herald.identity.deletion.service import AccountDeletion, Departures
    from herald.identity.erasure.service import TenantErasing
    from herald.identity.failed_sign_ins.service import FailedSignIns
    from herald.identity.invitations.service import Invitations
    from herald.identity.invitations.store import InvitationStore
    from herald.identity.keys.cache import CachedApiKeys
    from herald.identity.keys.service import ApiKeys
    from herald.identity.lockout.service import Lockout
    from herald.identity.mails.requests import MailRequests
    from herald.identity.mails.service import Mailing
    from herald.identity.one_time_tokens.service import OneTimeTokens
    from herald.identity.one_time_tokens.store import OneTimeTokenStore
    from herald.identity.recovery.service import Recovery
    from herald.identity.sessions.service import Sessions
    from herald.identity.staff.service import Staff
    from herald.identity.tenants.abandoned import AbandonedTenants
    from herald.identity.tenants.directory import TenantDirectory
    from herald.identity.tenants.service import Tenants
    from herald.values.erasing import ErasingPart


class IdentityContainer:
    """What functions need of identity."""

    def __init__(self, settings: Settings, *, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock
        self.password_hasher = Argon2PasswordHasher()

    @cached_property
    def person_store(self) -> PersonStore:
        return PersonStore(clock=self._clock)

    @cached_property
    def tenant_store(self) -> TenantStore:
        return TenantStore()

    @cached_property
    def membership_store(self) -> MembershipStore:
        return MembershipStore(self.person_store)

    @cached_property
    def rate_limits(self) -> RateLimitStore:
        return RateLimitStore(clock=self._clock)

    @cached_property
    def access_tokens(self) -> AccessTokens:
        """Signed with this installation's keys, which are read at first use and again after a rotation."""
        return AccessTokens(
            lambda: read_secret(self._settings.signing_key_secret),
            lifetime=timedelta(minutes=self._settings.access_token_minutes),
            clock=self._clock,
        )

    @cached_property
    def sessions(self) -> "Sessions":
        from herald.identity.sessions.service import Sessions
        from herald.identity.sessions.store import SessionStore

        return Sessions(
            SessionStore(),
            self.membership_store,
            self.rate_limits,
            self.access_tokens,
            self._lockout,
            self.audit,
            clock=self._clock,
        )

    @cached_property
    def accounts(self) -> "Accounts":
        from herald.identity.accounts.service import Accounts

        return Accounts(
            self.person_store,
            self.tenant_store,
            self.membership_store,
            self.sessions,
            self._passwords,
            self._lockout,
            self._mail_requests,
            clock=self._clock,
        )

    @cached_property
    def recovery(self) -> "Recovery":
        from herald.identity.recovery.service import Recovery

        return Recovery(
            self.person_store,
            self.accounts,
            self.sessions,
            self._passwords,
            self._one_time_tokens,
            self._lockout,
            self._mail_requests,
            self.audit,
        )

    @cached_property
    def staff(self) -> "Staff":
        from herald.identity.staff.service import Staff

        return Staff(
            self.person_store,
            self.membership_store,
            self.sessions,
            self._passwords,
            self.invitations,
            self.api_keys,
            self.rate_limits,
            clock=self._clock,
        )

    @cached_property
    def tenants(self) -> "Tenants":
        from herald.identity.tenants.service import Tenants

        return Tenants(self.person_store, self.tenant_store, self.membership_store, self.sessions, clock=self._clock)

    @cached_property
    def tenant_standings(self) -> TenantStandings:
        return TenantStandings(self.tenant_store, clock=self._clock)

    @cached_property
    def closures(self) -> "Closures":
        from herald.identity.closures.service import Closures

        return Closures(self._closure_store, self.tenant_store, self.accounts, self._tenant_erasures, clock=self._clock)

    @cached_property
    def due_erasures(self) -> "DueErasures":
        from herald.identity.closures.service import DueErasures

        return DueErasures(self._closure_store, self._tenant_erasures, clock=self._clock)

    @cached_property
    def account_deletion(self) -> "AccountDeletion":
        from herald.identity.deletion.service import AccountDeletion

        return AccountDeletion(self.membership_store, self.tenant_store, self._leaving, self.closures, self.accounts)

    @cached_property
    def departures(self) -> "Departures":
        from herald.identity.deletion.service import Departures

        return Departures(self._leaving, self.membership_store, AuditStore(), self._tenant_erasures)

    def tenant_erasing(self, parts_of_others: "Mapping[str, ErasingPart]") -> "TenantErasing":
        """Erases tenants: first what other contexts see to, then what identity does, then every item that is left."""
        from herald.identity.erasure.members import TenantMembers
        from herald.identity.erasure.service import TenantErasing
        from herald.identity.erasure.store import TenantItems

        refilled = (self._settings.admissions_table,)
        parts = {
            **parts_of_others,
            "members": TenantMembers(
                self.membership_store, self._leaving, self._invitation_store, self._one_time_token_store
            ),
            "items": TenantItems(tables_of_tenants(self._settings), refilled=refilled),
        }
        return TenantErasing(self._closure_store, self.tenant_store, parts, self._tenant_erasures, clock=self._clock)

    def tenant_directory(self, published: Mapping[str, Limit]) -> "TenantDirectory":
        """Every tenant, and which of the published limits each may have otherwise."""
        from herald.identity.tenants.directory import TenantDirectory

        return TenantDirectory(self.tenant_store, published)

    @cached_property
    def invitations(self) -> "Invitations":
        from herald.identity.invitations.service import Invitations

        return Invitations(
            self._invitation_store,
            self.person_store,
            self.membership_store,
            self.accounts,
            self.sessions,
            self._passwords,
            self._one_time_tokens,
            self._mail_requests,
            tenants=self.tenant_store,
            clock=self._clock,
        )

    @cached_property
    def api_keys(self) -> "ApiKeys":
        from herald.identity.keys.service import ApiKeys
        from herald.identity.keys.store import KeyStore

        return ApiKeys(KeyStore(), self.membership_store, self.rate_limits, clock=self._clock)

    @cached_property
    def cached_api_keys(self) -> "CachedApiKeys":
        from herald.identity.keys.cache import CachedApiKeys

        return CachedApiKeys(self.api_keys, clock=self._clock)

    @cached_property
    def audit(self) -> AuditLog:
        return AuditLog(AuditStore(), clock=self._clock)

    @cached_property
    def abandoned_tenants(self) -> "AbandonedTenants":
        from herald.identity.tenants.abandoned import AbandonedTenants

        return AbandonedTenants(self.person_store, self.membership_store)

    @cached_property
    def failed_sign_ins(self) -> "FailedSignIns":
        from herald.identity.failed_sign_ins.service import FailedSignIns
        from herald.identity.failed_sign_ins.store import FailedSignInStore

        return FailedSignIns(FailedSignInStore(), self.person_store, self.membership_store, AuditStore())

    @cached_property
    def mailing(self) -> "Mailing":
        """Writes the mails.

        Raises:
            Unavailable: links cannot be made, as this installation has no public address (``misconfigured``).
        """
        from herald.adapters.aws.email import SesMailer
        from herald.identity.mails.service import Mailing
        from herald.identity.mails.store import SentMailStore

        if not self._settings.public_url:
            raise Unavailable("Set the parameter PublicUrl: links cannot be made without it.", code="misconfigured")
        return Mailing(
            self.person_store,
            self.tenant_store,
            self._one_time_tokens,
            SesMailer(self._settings.mail_sender),
            SentMailStore(),
            public_url=self._settings.public_url,
            clock=self._clock,
        )

    @cached_property
    def _passwords(self) -> "Passwords":
        from herald.identity.accounts.passwords import Passwords

        return Passwords(self.person_store, self.password_hasher)

    @cached_property
    def _one_time_tokens(self) -> "OneTimeTokens":
        from herald.identity.one_time_tokens.service import OneTimeTokens

        return OneTimeTokens(self._one_time_token_store, clock=self._clock)

    @cached_property
    def _one_time_token_store(self) -> "OneTimeTokenStore":
        from herald.identity.one_time_tokens.store import OneTimeTokenStore

        return OneTimeTokenStore()

    @cached_property
    def _invitation_store(self) -> "InvitationStore":
        from herald.identity.invitations.store import InvitationStore

        return InvitationStore()

    @cached_property
    def _closure_store(self) -> "ClosureStore":
        from herald.identity.closures.store import ClosureStore

        return ClosureStore()

    @cached_property
    def _tenant_erasures(self) -> "Queue":
        from herald.adapters.aws.queue import Queue

        return Queue(self._settings.tenant_erasures_queue_url)

    @cached_property
    def _leaving(self) -> "Leaving":
        from herald.identity.deletion.leaving import Leaving

        return Leaving(
            self.person_store,
            self.membership_store,
            self.sessions,
            self.api_keys,
            self._invitation_store,
            self._one_time_token_store,
            self._tenant_erasures,
        )

    @cached_property
    def _lockout(self) -> "Lockout":
        from herald.identity.failed_sign_ins.store import FailedSignInStore
        from herald.identity.lockout.service import Lockout
        from herald.identity.lockout.store import KnownNetworkStore, TriesStore

        return Lockout(TriesStore(), KnownNetworkStore(), FailedSignInStore(), clock=self._clock)

    @cached_property
    def _mail_requests(self) -> "MailRequests":
        from herald.adapters.aws.queue import Queue
        from herald.identity.mails.requests import MailRequests

        return MailRequests(Queue(self._settings.mail_queue_url))


WITHOUT_TENANTS = frozenset({"idempotency_table"})
"""Settings that name tables whose keys are hashes and name no tenant; what is in them goes by itself within a day."""


def tables_of_tenants(settings: Settings) -> list[str]:
    """Every table that holds items of tenants: a new one is among them as soon as it has a setting."""
    names = [name for name in map(str.lower, Settings.variables()) if name.endswith("_table")]
    return [str(getattr(settings, name)) for name in names if name not in WITHOUT_TENANTS]


@cache
def identity() -> IdentityContainer:
    """The identity of this process."""
    return IdentityContainer(settings())
