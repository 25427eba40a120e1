"""Failures that a route's signature and access do not show: named beside the route, for the published description."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., Any])

_ATTRIBUTE = "__herald_failures__"


def fails_with(*statuses: HTTPStatus) -> Callable[[Handler], Handler]:
    """Marks a route that may fail so, beside what every route of its kind may fail with."""

    def mark(handler: Handler) -> Handler:
        setattr(handler, _ATTRIBUTE, statuses)
        return handler

    return mark


def named_failures_of(handler: Callable[..., Any]) -> tuple[HTTPStatus, ...]:
    """The statuses that a route names."""
    return tuple(getattr(handler, _ATTRIBUTE, ()))
