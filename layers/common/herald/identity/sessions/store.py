"""Sessions in DynamoDB, beside the person whose they are."""

from datetime import UTC, datetime

from pynamodb.exceptions import DoesNotExist

from herald.identity.rows import SessionRow, person_partition
from herald.identity.sessions.model import Session
from herald.values.clock import epoch_seconds, from_text, to_text


class SessionStore:
    """`Sessions` over DynamoDB."""

    def put(self, session: Session) -> None:
        """Stores a new session."""
        ends_at = epoch_seconds(session.expires_at)
        SessionRow(
            person_partition(session.user_id),
            _sort(session.session_id),
            session_id=session.session_id,
            user_id=session.user_id,
            tenant_id=session.tenant_id,
            refresh_hash=session.refresh_hash,
            created_at=to_text(session.created_at),
            last_used_at=to_text(session.last_used_at),
            ends_at=ends_at,
            expires_at=session.expires_at,
            user_agent=session.user_agent,
            address=session.address,
        ).save()

    def renew(self, session: Session, *, old_refresh_hash: str) -> bool:
        """Replaces the refresh secret and the tenant; False where the secret is no longer the old one."""
        ends_at = epoch_seconds(session.expires_at)
        row = SessionRow(person_partition(session.user_id), _sort(session.session_id))
        return row.update_if(
            [
                SessionRow.refresh_hash.set(session.refresh_hash),
                SessionRow.tenant_id.set(session.tenant_id),
                SessionRow.last_used_at.set(to_text(session.last_used_at)),
                SessionRow.ends_at.set(ends_at),
                SessionRow.expires_at.set(session.expires_at),
            ],
            SessionRow.refresh_hash == old_refresh_hash,
        )

    def get(self, person_id: str, session_id: str) -> Session | None:
        """A session that was not deleted."""
        try:
            row = SessionRow.get(person_partition(person_id), _sort(session_id), consistent_read=True)
        except DoesNotExist:
            return None
        return _session(row)

    def of_person(self, person_id: str) -> list[Session]:
        """A person's sessions, newest first: all of them, as whoever ends them must miss none."""
        rows = SessionRow.query(
            person_partition(person_id),
            SessionRow.sort.startswith("session#"),
            scan_index_forward=False,
            consistent_read=True,
        )
        return [_session(row) for row in rows]

    def delete(self, person_id: str, session_id: str) -> None:
        """Forgets a session; harmless where it is gone."""
        SessionRow(person_partition(person_id), _sort(session_id)).delete()


def _session(row: SessionRow) -> Session:
    return Session(
        session_id=row.session_id,
        user_id=row.user_id,
        tenant_id=row.tenant_id,
        refresh_hash=row.refresh_hash,
        created_at=from_text(row.created_at),
        expires_at=datetime.fromtimestamp(row.ends_at, UTC),
        last_used_at=from_text(row.last_used_at),
        user_agent=row.user_agent,
        address=row.address,
    )


def _sort(session_id: str) -> str:
    return f"session#{session_id}"
