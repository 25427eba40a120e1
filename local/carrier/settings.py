"""What one simulated carrier is started with."""

import os
from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class CarrierSettings(BaseModel):
    """The account the carrier serves, where it posts, and how much it remembers.

    The default credentials are public, so they fit a carrier that listens on 127.0.0.1 and nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_sid: str = Field(default="AC" + "0" * 32, pattern=r"^AC[0-9a-f]{32}$")
    auth_token: str = Field(default="local-carrier-token", min_length=1)
    inbound_url: str | None = Field(default=None, description="Where POST /inbound posts when it names no url.")
    capacity: int = Field(default=100_000, ge=1, description="Messages remembered; the oldest is forgotten first.")
    webhook_attempts: int = Field(default=4, ge=1, le=10, description="Posts per webhook until one is answered 2xx.")
    webhook_backoff_milliseconds: int = Field(default=50, ge=0, description="Before the second post; then doubled.")
    webhook_timeout_seconds: float = Field(default=15.0, gt=0, description="Twilio gives a webhook 15 seconds too.")

    @classmethod
    def from_environment(cls) -> Self:
        """The settings named by ``HERALD_CARRIER_ACCOUNT_SID``, ``..._AUTH_TOKEN`` and ``..._INBOUND_URL``."""
        names = ("account_sid", "auth_token", "inbound_url")
        found = {name: os.environ.get(f"HERALD_CARRIER_{name.upper()}") for name in names}
        return cls.model_validate({name: value for name, value in found.items() if value})
