"""What an installation is told by its environment: read once, typed, and handed on.

The environment is read with pydantic, which every function imports anyway: pydantic-settings would add 15 % to a cold
start for files and sources that a Lambda function does not have.
"""

import os
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from herald.errors import Unavailable

_NOT_SET: Final = "(not set)"
LONGEST_TOKEN_MINUTES = 24 * 60
"""ResultFlow and PyTake: "Access tokens expire after 24 hours"; an installation may choose less."""


class Settings(BaseModel):
    """The environment variables of the same names in upper case; one that a function is not given cannot be read.

    Raises:
        Unavailable: when a setting is read that was not given (``misconfigured``).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=str.upper)

    aws_lambda_function_name: str = ""
    """Which function this is; Lambda itself says so."""
    public_url: str = ""
    """Where people reach the API, without a slash at the end."""
    cors_origins: str = ""
    """Sites whose pages may call the API, with commas."""
    access_token_minutes: int = Field(default=LONGEST_TOKEN_MINUTES, ge=1, le=LONGEST_TOKEN_MINUTES)
    sign_in_requests_per_minute: int = Field(default=5, ge=1)
    """ResultFlow and Mifumo: "Authentication endpoints: 5 requests per minute per IP"."""

    identity_table: str = _NOT_SET
    admissions_table: str = _NOT_SET
    """Of the rate limits; a table that is kept cannot change its name."""
    idempotency_table: str = _NOT_SET
    messages_table: str = _NOT_SET
    results_table: str = _NOT_SET
    uploads_bucket: str = _NOT_SET
    documents_bucket: str = _NOT_SET
    signing_key_secret: str = _NOT_SET
    report_password_secret: str = _NOT_SET
    carrier_secret: str = _NOT_SET

    mail_queue_url: str = _NOT_SET
    mail_sender: str = ""
    sender: str = _NOT_SET
    """The number (E.164) or messaging service that texts are sent from."""
    carrier_base_url: str = ""
    """Another place that speaks the carrier's API; empty for the carrier itself."""

    deliveries_queue_url: str = _NOT_SET
    deliveries_queue_arn: str = _NOT_SET
    deliveries_dead_letters_arn: str = _NOT_SET
    deliveries_schedule_group: str = _NOT_SET
    deliveries_schedule_role_arn: str = _NOT_SET
    erasures_queue_url: str = _NOT_SET
    relay_messages_dead_letters_url: str = _NOT_SET
    """Where changes of messages go that the queue of their subscriber refused."""
    report_messages_queue_url: str = _NOT_SET
    """Where results are told what became of texts about reports."""
    batch_machine_arn: str = _NOT_SET
    render_function: str = _NOT_SET
    office_program: str = ""
    """LibreOffice, where it is not to be looked for."""
    office_python: str = ""
    """An interpreter that can import LibreOffice's ``uno``, where it is not to be looked for."""
    office_profile: str = ""
    """A folder with a profile of LibreOffice's to begin with, which makes its first start faster."""

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - each setting has its own type
        value = super().__getattribute__(name)
        if value == _NOT_SET:
            raise Unavailable(f"Set {name.upper()}: this function needs it.", code="misconfigured")
        return value


@cache
def settings() -> Settings:
    """The settings of this process, read from its environment at the first call.

    Raises:
        Unavailable: one of them is no number, or too large or too small (``misconfigured``).
    """
    try:
        return Settings.model_validate(dict(os.environ))
    except ValidationError as error:
        wrong = ", ".join(str(fault["loc"][0]) for fault in error.errors())
        raise Unavailable(f"Set {wrong} to a number within its bounds.", code="misconfigured") from error
