"""Writes that happen together or not at all, each with the error that says why it was refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from herald.errors import HeraldError, Unavailable
from herald.runtime.document_models import shared_connection
from herald.storage.row import Row

_ATTEMPTS = 8
_LONGEST_WAIT_SECONDS = 2.0
_REFUSED = "ConditionalCheckFailed"
_CONTENTION = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_KINDS = ("delete", "save", "update")
"""The order in which PynamoDB sends them, and so that of the reasons."""


class TransactionRefused(Exception):
    """Some conditions did not hold, and nothing was written; ``writes`` are their numbers, in the order of adding."""

    def __init__(self, writes: Sequence[int]) -> None:
        super().__init__(f"refused: {list(writes)}")
        self.writes = tuple(writes)


class _Contended(Exception):
    pass


@dataclass(frozen=True, slots=True)
class _Write:
    """One of the writes, as it was asked for."""

    kind: str
    add: Callable[[TransactWrite], None]
    refusal: HeraldError | None


class Transaction:
    """Up to a hundred writes, used with ``with``; at its end they happen as a whole, or it raises why they did not.

    Where others write the same items at that moment it is tried again, with jitter.

    Raises:
        HeraldError: the first refusal that was given to a write whose condition does not hold.
        TransactionRefused: the same, where none was given.
        Unavailable: the items stay contended (``database_busy``).
    """

    def __init__(self) -> None:
        self._writes: list[_Write] = []

    def save(self, row: Row, *, condition: Condition | None = None, refusal: HeraldError | None = None) -> None:
        self._writes.append(_Write("save", lambda writes: writes.save(row, condition=condition), refusal))

    def update(
        self,
        row: Row,
        actions: Sequence[Action],
        *,
        condition: Condition | None = None,
        refusal: HeraldError | None = None,
    ) -> None:
        self._writes.append(
            _Write("update", lambda writes: writes.update(row, actions=list(actions), condition=condition), refusal)
        )

    def delete(self, row: Row, *, condition: Condition | None = None, refusal: HeraldError | None = None) -> None:
        self._writes.append(_Write("delete", lambda writes: writes.delete(row, condition=condition), refusal))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._commit_patiently()

    def _commit_patiently(self) -> None:
        from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

        attempts = Retrying(
            retry=retry_if_exception_type(_Contended),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.05, max=_LONGEST_WAIT_SECONDS),
        )
        try:
            attempts(self._commit)
        except RetryError as error:
            raise Unavailable("The database is busy; try again in a moment.", code="database_busy") from error

    def _commit(self) -> None:
        try:
            with TransactWrite(connection=shared_connection()) as writes:
                for write in self._writes:
                    write.add(writes)
        except TransactWriteError as error:
            codes = [reason.code if reason else "" for reason in error.cancellation_reasons]
            if _REFUSED in codes:
                raise self._refusal(codes) from error
            if not any(codes) or set(filter(None, codes)) - _CONTENTION:
                raise
            raise _Contended from error

    def _refusal(self, codes: Sequence[str]) -> Exception:
        as_sent = sorted(range(len(self._writes)), key=lambda number: _KINDS.index(self._writes[number].kind))
        refused = [number for number, code in zip(as_sent, codes, strict=False) if code == _REFUSED]
        refusals = (self._writes[number].refusal for number in refused)
        return next(filter(None, refusals), TransactionRefused(sorted(refused)))
