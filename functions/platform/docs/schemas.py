"""What the platform's public pages show."""

from typing import Literal

from pydantic import Field

from herald.http.schemas import Timestamp, View

ComponentState = Literal["operational", "unavailable"]


class Endpoint(View):
    """One operation of the API."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field(examples=["GET"])
    """The HTTP method."""
    path: str = Field(examples=["/health"])
    """The path, with its parameters in braces."""
    summary: str
    """What the operation does, in a few words."""


class Welcome(View):
    """What this API is, where it is documented and what it can do."""

    name: str
    """What the API is called."""
    version: str
    """Of the product, as in the OpenAPI document."""
    documentation: dict[str, str]
    """The pages that document the API, by name."""
    endpoints: list[Endpoint]
    """Every operation, by path."""


class Health(View):
    """A sign of life."""

    status: Literal["healthy"] = "healthy"
    """Whoever gets an answer gets this one."""
    service: str
    """Which service answers."""
    version: str
    """Of the product, as in the OpenAPI document."""
    timestamp: Timestamp
    """When it was answered."""


class ServiceStatus(View):
    """How Herald and what it stands on are doing."""

    service: str
    """Which service answers."""
    status: Literal["operational", "degraded"]
    """`degraded` where one of the components is unavailable."""
    version: str
    """Of the product, as in the OpenAPI document."""
    timestamp: Timestamp
    """When it was answered; the components were looked at within 15 seconds before."""
    components: dict[str, ComponentState]
    """What the service stands on, by name: `api` and `database`."""
