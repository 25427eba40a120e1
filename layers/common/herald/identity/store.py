"""Users, tenants and sessions in DynamoDB.

Partitions: ``{tenant}#identity`` for the tenant, its users and its sessions. One family stands outside of any tenant,
as it is asked before the tenant is known: ``email#{id}`` leads from an e-mail address to its user.
"""

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, TransactWriteError

from herald.errors import Conflict, NotFound
from herald.identity.model import Role, Session, User
from herald.identity.service import email_key
from herald.storage import Row, table_name, transaction
from herald.values.clock import epoch_seconds, from_text, to_text


class _IdentityRow(Row):
    class Meta:
        table_name = table_name("IDENTITY_TABLE")


class TenantRow(_IdentityRow):
    """An organisation."""

    name = UnicodeAttribute()
    created_at = UnicodeAttribute()


class UserRow(_IdentityRow):
    """A person who signs in."""

    user_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    created_at = UnicodeAttribute()


class EmailRow(_IdentityRow):
    """Which user an e-mail address belongs to; its existence is what keeps addresses unique."""

    tenant_id = UnicodeAttribute()
    user_id = UnicodeAttribute()


class SessionRow(_IdentityRow):
    """A sign-in; expires by itself."""

    session_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    refresh_hash = UnicodeAttribute()
    ends_at = NumberAttribute()


class IdentityStore:
    """`Identities` over DynamoDB."""

    def add_tenant_with_admin(self, user: User, *, tenant_name: str) -> None:
        """Stores tenant, user and the claim on the address in one transaction, or raises Conflict (``email_taken``)."""
        created_at = to_text(user.created_at)
        partition = _tenant_partition(user.tenant_id)
        email = EmailRow(_email_partition(user.email), "email", tenant_id=user.tenant_id, user_id=user.user_id)
        try:
            with transaction() as writes:
                writes.save(email, condition=EmailRow.partition.does_not_exist())
                writes.save(TenantRow(partition, "tenant", name=tenant_name, created_at=created_at))
                writes.save(_user_row(user))
        except TransactWriteError as error:
            if not any(reason and reason.code == "ConditionalCheckFailed" for reason in error.cancellation_reasons):
                raise
            raise Conflict(
                "This e-mail address is registered already; sign in instead.",
                code="email_taken",
                fields={"email": "already registered"},
            ) from error

    def find_user_by_email(self, email: str) -> User | None:
        """The user with that (normal) e-mail address."""
        try:
            row = EmailRow.get(_email_partition(email), "email", consistent_read=True)
        except DoesNotExist:
            return None
        return self.get_user(row.tenant_id, row.user_id)

    def get_user(self, tenant_id: str, user_id: str) -> User:
        """A user of the tenant, or raises NotFound."""
        try:
            return _user(UserRow.get(_tenant_partition(tenant_id), f"user#{user_id}", consistent_read=True))
        except DoesNotExist as error:
            raise NotFound("There is no such user.") from error

    def put_session(self, session: Session) -> None:
        """Stores a new session."""
        SessionRow(
            _tenant_partition(session.tenant_id),
            f"session#{session.session_id}",
            session_id=session.session_id,
            user_id=session.user_id,
            tenant_id=session.tenant_id,
            refresh_hash=session.refresh_hash,
            ends_at=epoch_seconds(session.expires_at),
            expires_at=epoch_seconds(session.expires_at),
        ).save()

    def renew_session(self, session: Session, *, old_refresh_hash: str) -> None:
        """Replaces the refresh secret, or raises Conflict where it is no longer the old one."""
        ends_at = epoch_seconds(session.expires_at)
        row = SessionRow(_tenant_partition(session.tenant_id), f"session#{session.session_id}")
        renewed = row.update_if(
            [
                SessionRow.refresh_hash.set(session.refresh_hash),
                SessionRow.ends_at.set(ends_at),
                SessionRow.expires_at.set(ends_at),
            ],
            SessionRow.refresh_hash == old_refresh_hash,
        )
        if not renewed:
            raise Conflict("The session was renewed in the meantime.")

    def get_session(self, tenant_id: str, session_id: str) -> Session | None:
        """A session that was not deleted."""
        try:
            row = SessionRow.get(_tenant_partition(tenant_id), f"session#{session_id}", consistent_read=True)
        except DoesNotExist:
            return None
        return Session(
            session_id=row.session_id,
            user_id=row.user_id,
            tenant_id=row.tenant_id,
            refresh_hash=row.refresh_hash,
            expires_at=datetime.fromtimestamp(row.ends_at, UTC),
        )

    def delete_session(self, tenant_id: str, session_id: str) -> None:
        """Forgets a session; harmless where it is gone."""
        SessionRow(_tenant_partition(tenant_id), f"session#{session_id}").delete()


def _user_row(user: User) -> UserRow:
    return UserRow(
        _tenant_partition(user.tenant_id),
        f"user#{user.user_id}",
        user_id=user.user_id,
        tenant_id=user.tenant_id,
        email=user.email,
        name=user.name,
        role=user.role.value,
        password_hash=user.password_hash,
        created_at=to_text(user.created_at),
    )


def _user(row: UserRow) -> User:
    return User(
        user_id=row.user_id,
        tenant_id=row.tenant_id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        created_at=from_text(row.created_at),
    )


def _tenant_partition(tenant_id: str) -> str:
    return f"{tenant_id}#identity"


def _email_partition(email: str) -> str:
    return f"email#{email_key(email)}"
