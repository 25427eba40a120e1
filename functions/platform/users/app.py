"""``/api/v1/users``: iPerform's staff; Event Stream's audience, which shares the path, is not served yet.

Somebody with a phone number (``/users/+…``, ``phone_e164``) is of the audience, and so is a list that does not ask for
``company_id``, ``role`` or ``active``.
"""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from herald.errors import Invalid, NotFound
from herald.http.access import requires
from herald.http.composition import compose_api
from herald.http.contracts.iperform import Envelope, ListEnvelope
from herald.http.contracts.shared_users import SHARED_USERS
from herald.http.failures import fails_with
from herald.http.parameters import PageSize
from herald.http.problems import VALIDATION_FAILED
from herald.identity.composition import identity
from herald.identity.model import Role
from herald.identity.permissions import Permission
from herald.identity.staff.changes import MemberChanges, NewMember
from herald.identity.staff.model import User
from herald.values.clock import to_text, utc_now
from herald.values.page import DEFAULT_PAGE_SIZE

from .schemas import ROLE_OF, NewStaffUser, StaffUserChanges, StaffUserView

api = compose_api(SHARED_USERS)
tenants = identity().tenants
staff = identity().staff
handler = api.handle

_LONGEST_NUMBER = 10

UserNumber = Annotated[str, Path(description="The person's number in the caller's company, its `id` in the list.")]


@api.get("/api/v1/users", summary="List the staff", tags=["Users"])
@fails_with(HTTPStatus.NOT_FOUND)
@requires(Permission.STAFF_READ)
def list_users(
    company_id: Annotated[int | None, Query(description="The caller's own company.")] = None,
    role: Annotated[Role | None, Query(description="Only people in this role.")] = None,
    active: Annotated[
        bool | None, Query(description="True: only people who may sign in here; false: only others.")
    ] = None,
    page: Annotated[int, Query(ge=1, le=1000, description="Which page to list, from 1.")] = 1,
    limit: PageSize = DEFAULT_PAGE_SIZE,
) -> Response[ListEnvelope[StaffUserView]]:
    """The people of the caller's company, by number. Ask for ``company_id``, ``role`` or ``active``."""
    if company_id is None and role is None and active is None:
        raise _no_audience_yet()
    own_company = _company(company_id)
    users = staff.members(api.caller.tenant_id, role=role, active=active)
    shown = users[(page - 1) * limit : page * limit]
    listed = ListEnvelope[StaffUserView](
        data=[StaffUserView.of(user, company_id=own_company) for user in shown],
        count=len(shown),
        page=page,
        limit=limit,
        total=len(users),
        timestamp=to_text(utc_now()),
    )
    return Response(200, "application/json", listed, headers=listed.headers())


@api.post("/api/v1/users", status_code=201, summary="Create a user", tags=["Users"])
@fails_with(HTTPStatus.NOT_FOUND)
@requires(Permission.STAFF_MANAGE)
def create_user(request: NewStaffUser) -> Envelope[StaffUserView]:
    """A place in the caller's company, and a mail to whoever has the address, who comes with a password of their own.

    The password that is sent along is a temporary one: signing in with it answers 403 ``password_change_required``.
    """
    if request.phone_e164 and not request.username:
        raise _no_audience_yet()
    role = request.role or ROLE_OF.get(request.role_id or 0)
    if role is None or not (request.username and request.email and request.password):
        raise Invalid(VALIDATION_FAILED, fields=_missing(request))
    own_company = _company(request.company_id)
    new = NewMember(request.email, request.password, role, request.username, request.name, request.phone)
    user = staff.add(api.caller, new, person_id=api.creation_id())
    return _told(user, own_company, status=201, message="User created")


@api.put("/api/v1/users/<user_id>", summary="Update a user", tags=["Users"])
@requires(Permission.OWN_ACCOUNT)
def update_user(user_id: UserNumber, changes: StaffUserChanges) -> Envelope[StaffUserView]:
    """Changes somebody; a new role, or the end of their work here, takes hold at once and ends their sessions."""
    number = _number(user_id)
    own_company = _company(changes.company_id)
    if changes.password is not None:
        raise Invalid(
            "People change their own password, at /api/auth/password/change.", fields={"password": "not here"}
        )
    wanted = MemberChanges(
        role=changes.role or ROLE_OF.get(changes.role_id or 0),
        active=changes.is_active,
        name=changes.name,
        phone=changes.phone,
        email=changes.email,
        username=changes.username,
    )
    return _told(staff.update(api.caller, number, wanted), own_company, message="User updated")


@api.delete("/api/v1/users/<user_id>", summary="Deactivate a user", tags=["Users"])
@requires(Permission.STAFF_MANAGE)
def deactivate_user(user_id: UserNumber) -> Envelope[None]:
    """Ends somebody's work here and their sessions; what they did stays, and they can be made active again."""
    staff.deactivate(api.caller, _number(user_id))
    return Envelope[None](message="User deactivated", data=None, timestamp=to_text(utc_now()))


@api.delete("/api/v1/users/<user_id>/account", summary="Delete a user", tags=["Users"])
@requires(Permission.STAFF_MANAGE)
def delete_user(user_id: UserNumber) -> Envelope[None]:
    """Removes somebody from the company, and their account where they belong to no other; nobody can undo it."""
    identity().account_deletion.delete_member(api.caller, _number(user_id))
    return Envelope[None](message="User deleted", data=None, timestamp=to_text(utc_now()))


def _company(asked_for: int | None) -> int:
    """The number of the caller's company, which is the only one they can ask for."""
    own = tenants.number_of(api.caller.tenant_id)
    if asked_for not in {None, own}:
        raise NotFound("There is no such company; switch to it first if it is yours.", fields={"company_id": asked_for})
    return own


def _number(user_id: str) -> int:
    if user_id.startswith(("+", "%2B", "%2b")):
        raise _no_audience_yet()
    if not (user_id.isascii() and user_id.isdecimal() and len(user_id) <= _LONGEST_NUMBER):
        raise NotFound("There is no such user.", fields={"user_id": user_id})
    return int(user_id)


def _missing(request: NewStaffUser) -> dict[str, object]:
    sent = {
        "username": request.username,
        "email": request.email,
        "password": request.password,
        "role_id": request.role or request.role_id,
    }
    return {name: "this field is required" for name, value in sent.items() if not value}


def _no_audience_yet() -> NotFound:
    return NotFound("The audience is not served yet; ask for company_id, role or active to see the staff.")


def _told(user: User, company_id: int, *, message: str, status: int = 200) -> Envelope[StaffUserView]:
    return Envelope[StaffUserView](
        status=status, message=message, data=StaffUserView.of(user, company_id=company_id), timestamp=to_text(utc_now())
    )
