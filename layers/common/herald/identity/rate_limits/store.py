"""How often somebody may call, and whether their session still stands: one conditional write per request.

A counter lives for one window. One item holds every counter of a subject and its sessions that were ended early, so the
write that counts a request also refuses a revoked one, whichever limit it counts against. Only the first request of a
window costs a second write. A subject found over its limit is refused from memory until its window ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from botocore.exceptions import ClientError
from cachetools import TLRUCache

from herald.errors import Unauthenticated
from herald.identity.rate_limits.model import Limit, LimitExceeded, RateLimitStatus
from herald.storage import Row, TableName, dynamodb_client
from herald.values.clock import Clock, epoch_seconds, utc_now

ENDED_SESSIONS_KEPT_SECONDS = 25 * 3600
"""An hour more than a token lives: an ended session is remembered for as long as its token could be shown."""
_LARGEST_DENY_CACHE = 10_000
_ENDED = "ended_"
"""Begins the attribute that remembers an ended session; its value is when it may be forgotten."""
_MOST_FORGOTTEN_AT_ONCE = 50


class RateLimitRow(Row):
    """A subject: an attribute for each counter and for each session that was ended early."""

    class Meta:
        table_name = TableName(lambda settings: settings.admissions_table)


class RateLimitStore:
    """Counts requests and remembers ended sessions."""

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._denied_until: TLRUCache[str, int] = TLRUCache(
            _LARGEST_DENY_CACHE, ttu=lambda _denial, until, _now: until, timer=lambda: epoch_seconds(clock())
        )

    def admit(self, subject: str, limit: Limit, *, session_id: str = "") -> RateLimitStatus:
        """Counts one request.

        Args:
            subject: whose counter, e.g. ``{tenant}#user#{id}`` or ``address#192.0.2.1``.
            limit: how many in which window.
            session_id: refused if it was ended.

        Raises:
            LimitExceeded: with the seconds to wait.
            Unauthenticated: the session was ended.
        """
        now = epoch_seconds(self._clock())
        window = now - now % limit.seconds
        counter = _Counter(subject, limit.name, session_id)
        denial = f"{subject}#{limit.name}#{limit.requests}"
        reset_at = window + limit.seconds
        if until := self._denied_until.get(denial):
            raise _over(limit, until, now)
        count = self._count(counter, window)
        if count > limit.requests:
            self._denied_until[denial] = reset_at
            raise _over(limit, reset_at, now)
        return RateLimitStatus(limit, limit.requests - count, reset_at)

    def end_session(self, subject: str, session_id: str) -> None:
        """Refuses every later request of the session, at once and everywhere; an API key is its own session.

        Ending it twice is harmless.
        """
        end = _number(epoch_seconds(self._clock()) + ENDED_SESSIONS_KEPT_SECONDS)
        dynamodb_client().update_item(
            TableName=RateLimitRow.table(),
            Key=_key(subject),
            UpdateExpression="SET #ended = :end, expires_at = :end",
            ExpressionAttributeNames={"#ended": f"{_ENDED}{session_id}"},
            ExpressionAttributeValues={":end": end},
        )

    def _count(self, counter: "_Counter", window: int) -> int:
        try:
            return self._update(
                counter, window, update="ADD #count :one SET expires_at = :end", condition="#window = :window"
            )
        except ClientError as error:
            item = _refused_item(error)
        if counter.ended in item:
            raise Unauthenticated("This session has ended; sign in again.", code="token_expired")
        stored_window = int(item.get(counter.window, {}).get("N", 0))
        if stored_window > window:
            # Another function's clock is a moment ahead: count where it counts.
            return self._count(counter, stored_window)
        return self._open_window(counter, window, item)

    def _open_window(self, counter: "_Counter", window: int, item: Mapping[str, Any]) -> int:
        over = [name for name, value in item.items() if name.startswith(_ENDED) and int(value["N"]) <= window]
        names = {f"#over{number}": name for number, name in enumerate(over[:_MOST_FORGOTTEN_AT_ONCE])}
        forget = f" REMOVE {', '.join(names)}" if names else ""
        try:
            return self._update(
                counter,
                window,
                update=f"SET #count = :one, #window = :window, expires_at = :end{forget}",
                condition="(attribute_not_exists(#window) OR #window < :window)",
                names=names,
            )
        except ClientError as error:
            _refused_item(error)
        return self._count(counter, window)

    def _update(
        self,
        counter: "_Counter",
        window: int,
        *,
        update: str,
        condition: str,
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        answer = dynamodb_client().update_item(
            TableName=RateLimitRow.table(),
            Key=_key(counter.subject),
            UpdateExpression=update,
            ConditionExpression=f"{condition} AND attribute_not_exists(#ended)",
            ExpressionAttributeNames={
                "#count": counter.count,
                "#window": counter.window,
                "#ended": counter.ended,
                **names,
            },
            ExpressionAttributeValues={
                ":window": _number(window),
                ":one": _number(1),
                ":end": _number(window + ENDED_SESSIONS_KEPT_SECONDS),
            },
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return int(answer["Attributes"][counter.count]["N"])


@dataclass(frozen=True, slots=True)
class _Counter:
    """Where one limit of a subject is counted: the attributes of its item."""

    subject: str
    name: str
    session_id: str

    @property
    def count(self) -> str:
        return f"count_{self.name}"

    @property
    def window(self) -> str:
        return f"window_{self.name}"

    @property
    def ended(self) -> str:
        return f"{_ENDED}{self.session_id}"


def _over(limit: Limit, reset_at: int, now: int) -> LimitExceeded:
    return LimitExceeded(RateLimitStatus(limit, 0, reset_at), retry_after=max(1, reset_at - now))


def _refused_item(error: ClientError) -> dict[str, Any]:
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    item: dict[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]
    return item


def _key(subject: str) -> dict[str, Any]:
    return {"pk": {"S": subject}, "sk": {"S": "admission"}}


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}
