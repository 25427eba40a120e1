"""A database that is no cost: it stands where botocore's client does."""

from collections import Counter
from typing import Any, cast


class OpenDatabase:
    """Answers at once, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def update_item(self, **asked: object) -> dict[str, Any]:
        """One more was counted."""
        self.calls["update_item"] += 1
        return {"Attributes": {cast("dict[str, str]", asked["ExpressionAttributeNames"])["#count"]: {"N": "7"}}}

    def get_item(self, **_asked: object) -> dict[str, Any]:
        """Nothing is there."""
        self.calls["get_item"] += 1
        return {}
