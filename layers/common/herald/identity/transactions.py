"""Writes that happen together or not at all, each with the words of its own refusal."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from herald.errors import Conflict, HeraldError
from herald.storage import Row
from herald.storage.transitional import transaction


class WordedTransaction:
    """A transaction, used with ``with``; at its end it happens as a whole, or raises why it did not.

    Raises:
        HeraldError: what was named as the refusal of the first write whose condition does not hold.
        Conflict: ``changed_meanwhile``: somebody else was writing one of these rows at that moment.
    """

    def __init__(self) -> None:
        self._writes = transaction()
        self._refusals_of_deletes: list[HeraldError | None] = []
        self._refusals_of_saves: list[HeraldError | None] = []
        self._refusals_of_updates: list[HeraldError | None] = []

    def save(self, row: Row, *, condition: Condition | None = None, refusal: HeraldError | None = None) -> None:
        """Stores a row."""
        self._writes.save(row, condition=condition)
        self._refusals_of_saves.append(refusal)

    def update(
        self,
        row: Row,
        actions: Sequence[Action],
        *,
        condition: Condition | None = None,
        refusal: HeraldError | None = None,
    ) -> None:
        """Changes a row."""
        self._writes.update(row, actions=list(actions), condition=condition)
        self._refusals_of_updates.append(refusal)

    def delete(self, row: Row, *, condition: Condition, refusal: HeraldError) -> None:
        """Deletes a row."""
        self._writes.delete(row, condition=condition)
        self._refusals_of_deletes.append(refusal)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writes.__exit__(kind, error, trace)  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
        except TransactWriteError as refused:
            raise self._worded(refused) from refused

    def _worded(self, error: TransactWriteError) -> Exception:
        # PynamoDB sends deletes first, then what is saved, then updates; the reasons come in that order.
        refusals = [*self._refusals_of_deletes, *self._refusals_of_saves, *self._refusals_of_updates]
        codes = [reason.code if reason else "" for reason in error.cancellation_reasons]
        for code, refusal in zip(codes, refusals, strict=False):
            if code == "ConditionalCheckFailed" and refusal is not None:
                return refusal
        return changed_meanwhile() if "TransactionConflict" in codes else error


def changed_meanwhile() -> Conflict:
    """Two changed the same thing at once, and this was the second."""
    return Conflict("Somebody changed this at the same moment; look again, then try again.", code="changed_meanwhile")
