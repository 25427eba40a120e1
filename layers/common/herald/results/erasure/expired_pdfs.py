"""Removing the PDFs of reports whose time is over.

S3's own rules count from the storing of a PDF, and one that was rendered anew is younger than its batch.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from herald.results.ports import ObjectStore

_EXPIRY = "dynamodb.amazonaws.com"
"""Who removes what has expired, as DynamoDB's stream names it."""


class ExpiredPdfs:
    """The use case of letting no PDF outlive its report."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def remove(self, records: Iterable[Mapping[str, Any]]) -> int:
        """Removes the PDFs of up to a thousand expired reports, harmlessly again; gives their number.

        Only of expired ones: whoever removes a report otherwise sees to its PDF, and a key may be in use again by then.

        Args:
            records: of the stream of the results table.

        Raises:
            Unavailable: some could not be removed; doing it again is safe.
        """
        keys = sorted(set(_expired_pdfs(records)))
        if keys:
            self._objects.delete_many(keys)
        return len(keys)


def _expired_pdfs(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for record in records:
        if record["eventName"] != "REMOVE" or record.get("userIdentity", {}).get("principalId") != _EXPIRY:
            continue
        key = record["dynamodb"].get("OldImage", {}).get("pdf_key", {}).get("S", "")
        if key:
            yield key
