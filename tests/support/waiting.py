"""Waiting for what is going to happen, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def eventually(
    look: Callable[[], Seen],
    *,
    until: Callable[[Seen], bool] = bool,
    seconds: float = 60,
    glance_seconds: float = 0.1,
) -> Seen:
    """What is seen once it is as wished; fails with what was seen last."""
    deadline = time.monotonic() + seconds
    while not until(seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Still not so after {seconds:g} s: {seen!r:.2000}")
        time.sleep(glance_seconds)
    return seen
