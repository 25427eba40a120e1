"""What stores that were written before `Transaction` and `TableName` still use; it goes with the last of them."""

from collections.abc import Callable

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from herald.errors import Unavailable
from herald.runtime.document_models import shared_connection

_CONTENTION = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


def transaction() -> TransactWrite:
    """A write of up to a hundred rows that happens as a whole or not at all; use it with ``with``."""
    return TransactWrite(connection=shared_connection())


def write_together(compose: Callable[[TransactWrite], None]) -> None:
    """Writes what ``compose`` puts into a transaction, patiently; TransactWriteError where a condition did not hold."""
    from tenacity import RetryError, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

    def write() -> None:
        with transaction() as writes:
            compose(writes)

    attempts = Retrying(
        retry=retry_if_exception(_is_contention),
        stop=stop_after_attempt(8),
        wait=wait_random_exponential(multiplier=0.05, max=2),
    )
    try:
        attempts(write)
    except RetryError as error:
        raise Unavailable("The database is busy; try again in a moment.", code="database_busy") from error


def refused_by(error: TransactWriteError) -> list[int]:
    """Which writes were refused by their conditions, by number: deletes come first, then updates."""
    reasons = enumerate(error.cancellation_reasons)
    return [number for number, reason in reasons if reason is not None and reason.code == "ConditionalCheckFailed"]


def _is_contention(error: BaseException) -> bool:
    if not isinstance(error, TransactWriteError):
        return False
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    return bool(codes) and codes <= _CONTENTION
