"""Sessions in DynamoDB, beside the person whose they are."""

from pynamodb.attributes import UnicodeAttribute

from herald.identity.sessions.model import Session
from herald.identity.store import IdentityRow, person_partition
from herald.storage import TimestampAttribute


class SessionRow(IdentityRow):
    """A sign-in; goes by itself when it has expired."""

    session_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    refresh_hash = UnicodeAttribute()
    created_at = TimestampAttribute()
    last_used_at = TimestampAttribute()
    user_agent = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    seal_key = UnicodeAttribute(null=True)


class SessionStore:
    """Sessions, each at its own key."""

    def put(self, session: Session) -> None:
        SessionRow.from_entity(session, *_key(session.user_id, session.session_id)).save()

    def renew(self, session: Session, *, old_refresh_hash: str) -> bool:
        """Replaces the refresh secret and the tenant; False where the secret is no longer the old one."""
        return SessionRow(*_key(session.user_id, session.session_id)).update_if(
            [
                SessionRow.refresh_hash.set(session.refresh_hash),
                SessionRow.tenant_id.set(session.tenant_id),
                SessionRow.last_used_at.set(session.last_used_at),
                SessionRow.expires_at.set(session.expires_at),
            ],
            SessionRow.refresh_hash == old_refresh_hash,
        )

    def find(self, person_id: str, session_id: str) -> Session | None:
        """A session that was not deleted."""
        row = SessionRow.find(*_key(person_id, session_id))
        return row.to_entity(Session) if row else None

    def of_person(self, person_id: str) -> list[Session]:
        """A person's sessions, newest first: all of them, as whoever ends them must miss none."""
        rows = SessionRow.query(
            person_partition(person_id),
            SessionRow.sort.startswith("session#"),
            scan_index_forward=False,
            consistent_read=True,
        )
        return [row.to_entity(Session) for row in rows]

    def delete(self, person_id: str, session_id: str) -> None:
        """Forgets a session; harmless where it is gone."""
        SessionRow(*_key(person_id, session_id)).delete()


def _key(person_id: str, session_id: str) -> tuple[str, str]:
    return person_partition(person_id), f"session#{session_id}"
