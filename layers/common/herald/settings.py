"""What an installation is told by its environment: read once, typed, and handed on.

Each setting looks itself up when it is read. A model of pydantic's with as many fields would take a sixtieth of a cold
start to be built, and pydantic-settings a tenth, for files and sources that a Lambda function does not have.
"""

import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import Final

from herald.errors import Unavailable

LONGEST_TOKEN_MINUTES: Final = 24 * 60
"""ResultFlow and PyTake: "Access tokens expire after 24 hours"; an installation may choose less."""


class Text:
    """A setting; one without a default is not given to every function.

    Raises:
        Unavailable: when it is read where it was not given (``misconfigured``).
    """

    def __init__(self, default: str | None = None) -> None:
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self._variable = name.upper()

    def __get__(self, settings: "Settings", owner: type) -> str:
        text = settings.environment.get(self._variable, self._default)
        if text is None:
            raise Unavailable(f"Set {self._variable}: this function needs it.", code="misconfigured")
        return text


class WholeNumber:
    """A number from 1 to ``most``.

    Raises:
        Unavailable: when it is read and is no number, or too large or too small (``misconfigured``).
    """

    def __init__(self, default: int, *, most: int = sys.maxsize) -> None:
        self._default = default
        self._most = most

    def __set_name__(self, owner: type, name: str) -> None:
        self._variable = name.upper()

    def __get__(self, settings: "Settings", owner: type) -> int:
        text = settings.environment.get(self._variable, str(self._default))
        if not text.isdecimal() or not 1 <= int(text) <= self._most:
            raise Unavailable(f"Set {self._variable} to a number within its bounds.", code="misconfigured")
        return int(text)


class Settings:
    """The environment variables of the same names in upper case."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment: Final = dict(environment)

    @classmethod
    def variables(cls) -> list[str]:
        """The names of all of them."""
        return [name.upper() for name, value in vars(cls).items() if isinstance(value, Text | WholeNumber)]

    aws_lambda_function_name = Text("")
    """Which function this is; Lambda itself says so."""
    public_url = Text("")
    """Where people reach the API, without a slash at the end."""
    cors_origins = Text("")
    """Sites whose pages may call the API, with commas."""
    access_token_minutes = WholeNumber(LONGEST_TOKEN_MINUTES, most=LONGEST_TOKEN_MINUTES)
    sign_in_requests_per_minute = WholeNumber(5)
    """ResultFlow and Mifumo: "Authentication endpoints: 5 requests per minute per IP"."""

    identity_table = Text()
    admissions_table = Text()
    """Of the rate limits; a table that is kept cannot change its name."""
    idempotency_table = Text()
    messages_table = Text()
    results_table = Text()
    audience_table = Text()
    uploads_bucket = Text()
    documents_bucket = Text()
    signing_key_secret = Text()
    report_password_secret = Text()
    address_hash_secret = Text()
    """Of the hashes by which addresses are found, and a STOP outlives whoever it is of."""
    carrier_secret = Text()

    mail_queue_url = Text()
    mail_sender = Text("")
    sender = Text()
    """The number (E.164) or messaging service that texts are sent from."""
    carrier_base_url = Text("")
    """Another place that speaks the carrier's API; empty for the carrier itself."""

    deliveries_queue_url = Text()
    deliveries_queue_arn = Text()
    deliveries_dead_letters_arn = Text()
    deliveries_schedule_group = Text()
    deliveries_schedule_role_arn = Text()
    erasures_queue_url = Text()
    tenant_erasures_queue_url = Text()
    deliveries_dead_letters_url = Text()
    erasures_dead_letters_url = Text()
    tenant_erasures_dead_letters_url = Text()
    mail_dead_letters_url = Text()
    ingest_dead_letters_url = Text()
    report_messages_dead_letters_url = Text()
    follow_results_dead_letters_url = Text()
    follow_accounts_dead_letters_url = Text()
    follow_contacts_dead_letters_url = Text()
    relay_messages_dead_letters_url = Text()
    """Where changes of messages go that the queue of their subscriber refused."""
    report_messages_queue_url = Text()
    """Where results are told what became of texts about reports."""
    batch_machine_arn = Text()
    render_function = Text()
    ingest_function = Text()
    check_template_function = Text()
    office_program = Text("")
    """LibreOffice, where it is not to be looked for."""
    office_python = Text("")
    """An interpreter that can import LibreOffice's ``uno``, where it is not to be looked for."""
    office_profile = Text("")
    """A folder with a profile of LibreOffice's to begin with, which makes its first start faster."""


@cache
def settings() -> Settings:
    """The settings of this process, from its environment at the first call."""
    return Settings(os.environ)
