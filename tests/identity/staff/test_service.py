"""An organisation's people: changed by their administrators, with effect at once, and never without one of these."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse

from herald.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited, Unauthenticated
from herald.identity.composition import identity
from herald.identity.model import Role
from herald.identity.sessions.model import UNKNOWN_ORIGIN
from herald.identity.staff.changes import USER_NAMES, MemberChanges, NewMember
from herald.identity.staff.model import MOST_MEMBERS, Membership, check_member_count
from herald.identity.staff.service import Staff
from herald.storage import dynamodb_client
from herald.values.ids import new_id
from tests.support.people import (
    EMAIL,
    PASSWORD,
    SignedUp,
    hire,
    joined,
    sign_in,
    sign_up,
    try_to_sign_in,
)


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


@pytest.fixture
def staff(cloud: None) -> Staff:
    return identity().staff


def test_members_are_numbered_in_the_order_of_their_coming(admin: SignedUp, staff: Staff) -> None:
    hire(admin, "amina@example.com", Role.MANAGER)
    hire(admin, "bola@example.com", Role.VIEWER)

    members = staff.members(admin.tenant_id)

    assert [(user.membership.number, user.role) for user in members] == [
        (1, Role.ADMIN),
        (2, Role.MANAGER),
        (3, Role.VIEWER),
    ]


def test_members_are_listed_by_role_and_by_whether_they_are_active(admin: SignedUp, staff: Staff) -> None:
    left, stays = (hire(admin, f"{name}@example.com", Role.AGENT) for name in ("amina", "bola"))
    staff.deactivate(admin.principal, left.number)

    agents = staff.members(admin.tenant_id, role=Role.AGENT)

    assert [user.user_id for user in agents] == [left.user_id, stays.user_id]
    assert [user.user_id for user in staff.members(admin.tenant_id, role=Role.AGENT, active=True)] == [stays.user_id]
    assert [user.user_id for user in staff.members(admin.tenant_id, active=False)] == [left.user_id]


def test_a_second_try_at_adding_somebody_gives_whom_the_first_added(admin: SignedUp, staff: Staff) -> None:
    new, person_id = NewMember("amina@example.com", PASSWORD, Role.AGENT, "amina"), new_id()

    first = staff.add(admin.principal, new, person_id=person_id)

    assert staff.add(admin.principal, new, person_id=person_id).membership.number == first.membership.number
    assert len(staff.members(admin.tenant_id)) == 2


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewMember(EMAIL, PASSWORD, Role.AGENT), "member_already"),
        (NewMember("Amina@example.com", PASSWORD, Role.AGENT), "member_already"),
        (NewMember("other@example.com", PASSWORD, Role.AGENT, "AMINA"), "username_taken"),
    ],
)
def test_a_taken_address_or_name_adds_nobody(new: NewMember, code: str, admin: SignedUp, staff: Staff) -> None:
    staff.add(admin.principal, NewMember("amina@example.com", PASSWORD, Role.AGENT, "amina"), person_id=new_id())

    with pytest.raises(Conflict) as refusal:
        staff.add(admin.principal, new, person_id=new_id())

    assert refusal.value.code == code
    assert len(staff.members(admin.tenant_id)) == 2


def test_an_organisation_cannot_find_out_by_the_thousand_which_names_are_taken(admin: SignedUp, staff: Staff) -> None:
    staff.add(admin.principal, NewMember("amina@example.com", PASSWORD, Role.AGENT, "amina"), person_id=new_id())
    taken = NewMember("other@example.com", PASSWORD, Role.AGENT, "amina")
    for _ in range(USER_NAMES.requests - 1):
        identity().rate_limits.admit(f"{admin.tenant_id}#user-names", USER_NAMES)

    for new in (taken, replace(taken, username="nobody.has.it")):
        with pytest.raises(RateLimited):
            staff.add(admin.principal, new, person_id=new_id())
    other = sign_up("boss@clinic.example")
    staff.add(other.principal, replace(taken, username="nobody.has.it"), person_id=new_id())


def test_an_organisation_has_room_for_a_thousand() -> None:
    check_member_count(MOST_MEMBERS - 1)

    with pytest.raises(Conflict) as refusal:
        check_member_count(MOST_MEMBERS)
    assert refusal.value.code == "too_many_members"


# ---------------------------------------------------------------- at once


def test_a_new_role_ends_the_sessions_that_have_the_old_one(admin: SignedUp, staff: Staff) -> None:
    manager = hire(admin, "amina@example.com", Role.MANAGER)
    assert manager.is_signed_in()

    staff.update(admin.principal, manager.number, MemberChanges(role=Role.VIEWER))

    assert not manager.is_signed_in()
    assert sign_in(manager.email).principal.role is Role.VIEWER


def test_all_of_very_many_sessions_end(admin: SignedUp, staff: Staff) -> None:
    agent = hire(admin, "amina@example.com")
    user = identity().membership_store.get_user(agent.tenant_id, agent.user_id)
    for _ in range(120):
        identity().sessions.open(user, UNKNOWN_ORIGIN)

    staff.deactivate(admin.principal, agent.number)

    assert not agent.is_signed_in()
    assert identity().sessions.of_person(agent.principal) == []


def test_somebody_deactivated_is_out_and_stays_out_until_active_again(admin: SignedUp, staff: Staff) -> None:
    agent = hire(admin, "amina@example.com")

    staff.deactivate(admin.principal, agent.number)

    assert not agent.is_signed_in()
    refused = try_to_sign_in(agent.email)
    assert (refused.status, refused.body["error"]["code"]) == (401, "account_inactive")
    staff.update(admin.principal, agent.number, MemberChanges(active=True))
    assert sign_in(agent.email).is_signed_in()


def test_whoever_is_let_go_here_keeps_their_sessions_elsewhere(admin: SignedUp, staff: Staff) -> None:
    other = sign_up("omar@example.com")
    here = joined(admin, other.email)

    staff.deactivate(admin.principal, here.number)

    assert not here.is_signed_in()
    assert other.is_signed_in()
    assert sign_in(other.email).tenant_id == other.tenant_id


@pytest.mark.parametrize("after", [{"active": False}, {"role": Role.VIEWER}])
def test_a_session_that_opens_while_its_place_changes_is_none(admin: SignedUp, after: dict[str, Any]) -> None:
    manager = hire(admin, "amina@example.com", Role.MANAGER)
    memberships = identity().membership_store
    seen_by_the_sign_in = memberships.get_user(manager.tenant_id, manager.user_id)
    memberships.replace(manager.membership, replace(manager.membership, **after))
    before = identity().sessions.of_person(manager.principal)

    with pytest.raises(Unauthenticated):
        identity().sessions.open(seen_by_the_sign_in, UNKNOWN_ORIGIN)

    assert identity().sessions.of_person(manager.principal) == before


def test_deactivating_again_ends_what_an_interrupted_try_left(admin: SignedUp, staff: Staff) -> None:
    agent = hire(admin, "amina@example.com")
    before = agent.membership
    identity().membership_store.replace(before, _inactive(before))
    assert agent.is_signed_in()

    staff.deactivate(admin.principal, agent.number)

    assert not agent.is_signed_in()


# ---------------------------------------------------------------- the last administrator


@pytest.mark.parametrize("changes", [MemberChanges(role=Role.MANAGER), MemberChanges(active=False)])
def test_the_last_administrator_stays_one(changes: MemberChanges, admin: SignedUp, staff: Staff) -> None:
    hire(admin, "amina@example.com", Role.MANAGER)

    with pytest.raises(Conflict) as refusal:
        staff.update(admin.principal, admin.number, changes)

    assert refusal.value.code == "last_admin"
    assert admin.membership.is_admin
    assert admin.is_signed_in()


def test_one_of_two_administrators_can_go_and_then_the_other_cannot(admin: SignedUp, staff: Staff) -> None:
    second = hire(admin, "amina@example.com", Role.ADMIN)

    staff.deactivate(second.principal, admin.number)

    with pytest.raises(Conflict) as refusal:
        staff.deactivate(second.principal, second.number)
    assert refusal.value.code == "last_admin"


def test_an_administrator_who_was_promoted_invited_or_made_active_again_counts(admin: SignedUp, staff: Staff) -> None:
    promoted, invited = hire(admin, "amina@example.com"), joined(admin, "bola@example.com", Role.ADMIN)
    caller = admin.principal
    staff.update(caller, promoted.number, MemberChanges(role=Role.ADMIN))
    staff.deactivate(caller, promoted.number)
    staff.deactivate(caller, invited.number)
    staff.update(caller, promoted.number, MemberChanges(active=True))

    staff.update(caller, admin.number, MemberChanges(role=Role.VIEWER))

    assert [user.user_id for user in staff.members(admin.tenant_id, role=Role.ADMIN, active=True)] == [promoted.user_id]


def test_two_administrators_who_remove_each_other_at_once_leave_one(admin: SignedUp) -> None:
    second = hire(admin, "amina@example.com", Role.ADMIN)
    memberships = identity().membership_store
    seen_by_one, seen_by_the_other = second.membership, admin.membership
    memberships.replace(seen_by_one, _inactive(seen_by_one))

    with pytest.raises(Conflict) as refusal:
        memberships.replace(seen_by_the_other, _inactive(seen_by_the_other))

    assert refusal.value.code == "last_admin"
    assert admin.membership.is_admin


def test_a_change_of_what_somebody_else_has_just_changed_is_refused(admin: SignedUp) -> None:
    agent = hire(admin, "amina@example.com").membership
    memberships = identity().membership_store
    memberships.replace(agent, replace(agent, role=Role.MANAGER))

    with pytest.raises(Conflict) as refusal:
        memberships.replace(agent, replace(agent, role=Role.ADMIN))

    assert refusal.value.code == "changed_meanwhile"


def test_a_change_at_the_very_same_moment_as_another_is_told_as_such(admin: SignedUp) -> None:
    agent = hire(admin, "amina@example.com").membership
    memberships = identity().membership_store

    with (
        a_conflict_with(lambda: memberships.replace(agent, replace(agent, role=Role.MANAGER))),
        pytest.raises(Conflict) as refusal,
    ):
        memberships.replace(agent, replace(agent, role=Role.ADMIN))

    assert refusal.value.code == "changed_meanwhile"


@contextmanager
def a_conflict_with(other_change: Callable[[], None]) -> Iterator[None]:
    """The next transaction meets another one at its items, which wins."""
    events, event = dynamodb_client().meta.events, "before-send.dynamodb.TransactWriteItems"

    def conflict(**_: object) -> Any:
        events.unregister(event, conflict)
        other_change()
        reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
        content = {"__type": "TransactionCanceledException", "Message": "", "CancellationReasons": reasons}
        return AWSResponse("", 400, HTTPHeaders(), MockRawResponse(orjson.dumps(content)))

    events.register_first(event, conflict)
    yield


# ---------------------------------------------------------------- who may change what


def test_people_rename_themselves_and_change_nothing_else(admin: SignedUp, staff: Staff) -> None:
    agent, other = hire(admin, "amina@example.com"), hire(admin, "bola@example.com")

    renamed = staff.update(agent.principal, agent.number, MemberChanges(name="Amina A.", phone="+14155550100"))

    assert (renamed.person.name, renamed.person.phone) == ("Amina A.", "+14155550100")
    for number, changes in [
        (agent.number, MemberChanges(role=Role.ADMIN)),
        (agent.number, MemberChanges(active=False)),
        (other.number, MemberChanges(name="Renamed")),
    ]:
        with pytest.raises(Forbidden):
            staff.update(agent.principal, number, changes)
    assert agent.is_signed_in()


def test_what_an_administrator_calls_somebody_holds_there_alone(admin: SignedUp, staff: Staff) -> None:
    other = sign_up("omar@example.com", name="Omar")
    here = joined(admin, other.email)

    renamed = staff.update(admin.principal, here.number, MemberChanges(name="Omar of Sales", phone="+14155550100"))

    assert (renamed.name, renamed.phone) == ("Omar of Sales", "+14155550100")
    assert staff.member(admin.tenant_id, here.number) == renamed
    assert staff.member(other.tenant_id, other.number).name == "Omar"


def test_who_renames_themselves_is_called_so_everywhere(admin: SignedUp, staff: Staff) -> None:
    other = sign_up("omar@example.com", name="Omar")
    here = joined(admin, other.email)
    staff.update(admin.principal, here.number, MemberChanges(name="Omar of Sales"))

    staff.update(here.principal, here.number, MemberChanges(name="Omar A."))

    assert staff.member(admin.tenant_id, here.number).name == "Omar A."
    assert staff.member(other.tenant_id, other.number).name == "Omar A."


@pytest.mark.parametrize("changes", [MemberChanges(name=" "), MemberChanges(email="new@example.com")])
def test_a_blank_name_or_another_address_changes_nothing(changes: MemberChanges, admin: SignedUp, staff: Staff) -> None:
    agent = hire(admin, "amina@example.com")

    with pytest.raises(Invalid):
        staff.update(admin.principal, agent.number, changes)

    assert agent.is_signed_in()


def test_another_organisations_number_reaches_nobody(admin: SignedUp, staff: Staff) -> None:
    stranger = sign_up("omar@example.com")
    agent = hire(admin, "amina@example.com")

    with pytest.raises(NotFound):
        staff.update(stranger.principal, agent.number, MemberChanges(active=False))

    assert agent.is_signed_in()


def _inactive(membership: Membership) -> Membership:
    return replace(membership, active=False)
