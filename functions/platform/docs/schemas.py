"""What the platform's public pages show."""

from typing import Literal

from pydantic import Field

from herald.http.schemas import View

ComponentState = Literal["operational", "unavailable"]


class Endpoint(View):
    """One operation of the API."""

    method: str = Field(examples=["GET"])
    path: str = Field(examples=["/health"])
    summary: str


class Welcome(View):
    """What this API is, where it is documented and what it can do."""

    name: str
    version: str
    documentation: dict[str, str] = Field(description="The pages that document the API, by name.")
    endpoints: list[Endpoint]


class Health(View):
    """A sign of life."""

    status: Literal["healthy"] = "healthy"
    service: str
    version: str
    timestamp: str


class ServiceStatus(View):
    """How Herald and what it stands on are doing."""

    service: str
    status: Literal["operational", "degraded"]
    version: str
    timestamp: str
    components: dict[str, ComponentState]
