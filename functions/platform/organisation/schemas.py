"""What the endpoints of one's own organisation take and show."""

from typing import Literal

from pydantic import Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.accounts.model import LONGEST_PASSWORD
from herald.identity.tenants.model import LONGEST_NAME, TenantState


class ClosureRequest(RequestBody):
    """That the organisation is to be deleted, said in a way that nobody says by mistake."""

    name: str = Field(max_length=LONGEST_NAME)
    """The organisation's name, as it is."""
    password: str = Field(max_length=LONGEST_PASSWORD)
    """The caller's present password."""
    when: Literal["after_grace_period", "now"] = "after_grace_period"
    """`now` erases at once, which cannot be undone."""


class OrganisationView(View):
    """An organisation, and whether it is to be erased."""

    id: str = Field(validation_alias="tenant_id")
    """UUID of the organisation."""
    name: str
    """What it is called."""
    status: TenantState = Field(validation_alias="state")
    """`closed` is one that is to be erased, and can be opened again until then."""
    closed_at: Timestamp | None
    """When it was closed; null where it is open."""
    erase_at: Timestamp | None
    """From when on it is erased; null where it is open."""
