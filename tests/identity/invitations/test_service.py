"""Invitations: a mail lets somebody in, once, as long as it is meant."""

from dataclasses import replace
from datetime import timedelta

import pytest

from herald.errors import RateLimited
from herald.identity.composition import identity
from herald.identity.invitations.model import MOST_MAILS, MOST_UNANSWERED, Invitation, InvitationStatus
from herald.identity.invitations.service import Invitations
from herald.identity.invitations.store import InvitationStore
from herald.identity.model import Role
from herald.identity.one_time_tokens.model import Purpose
from herald.identity.one_time_tokens.service import OneTimeTokens
from herald.identity.one_time_tokens.store import OneTimeTokenStore
from herald.values.clock import utc_now
from herald.values.ids import new_id
from tests.support.cloud import queued_mails, stored_items
from tests.support.people import (
    PASSWORD,
    SignedUp,
    accept,
    hire,
    invite,
    joined,
    mailed_token,
    sign_in,
    sign_up,
    try_to_sign_in,
)

EMAIL = "amina@example.com"


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


@pytest.fixture
def invitations(cloud: None) -> Invitations:
    return identity().invitations


def only_invitation(admin: SignedUp) -> Invitation:
    [invitation] = InvitationStore().of_tenant(admin.tenant_id)
    return invitation


def test_an_invitation_asks_for_one_mail(admin: SignedUp) -> None:
    queued_mails()

    invite(admin, EMAIL, Role.MANAGER)

    [mail] = queued_mails()
    assert (mail["kind"], mail["login"], mail["tenant_id"]) == ("invitation", EMAIL, admin.tenant_id)


def test_somebody_new_chooses_a_password_and_is_in(admin: SignedUp) -> None:
    answer = accept(invite(admin, EMAIL, Role.MANAGER), name="Amina")

    assert answer.status == 200
    assert (answer.body["data"]["tenant_id"], answer.body["data"]["role"]) == (admin.tenant_id, "MANAGER")
    amina = sign_in(EMAIL)
    person = identity().person_store.get(amina.user_id)
    assert (amina.tenant_id, person.name) == (admin.tenant_id, "Amina")
    assert person.email_verified_at is not None
    assert only_invitation(admin).status is InvitationStatus.ACCEPTED


def test_who_has_an_account_proves_it_with_its_password(admin: SignedUp) -> None:
    other = sign_up(EMAIL)
    token = invite(admin, EMAIL)

    assert accept(token, password="another long password").status == 401
    answer = accept(token)

    assert answer.status == 200
    assert answer.body["data"]["tenant_id"] == admin.tenant_id
    assert {place.tenant_id for place in identity().membership_store.of_person(other.user_id)} == {
        admin.tenant_id,
        other.tenant_id,
    }
    assert other.is_signed_in()


def test_the_next_sign_in_opens_where_one_was_invited(admin: SignedUp) -> None:
    sign_up(EMAIL)
    joined(admin, EMAIL)

    assert sign_in(EMAIL).tenant_id == admin.tenant_id


def test_a_token_is_good_once(admin: SignedUp) -> None:
    token = invite(admin, EMAIL)
    accept(token, name="Amina")

    again = accept(token, name="Amina")

    assert (again.status, again.body["error_code"]) == (400, "TOKEN_INVALID")


def test_of_two_mails_about_one_invitation_only_one_is_used(admin: SignedUp) -> None:
    first, second = invite(admin, EMAIL), invite(admin, EMAIL)
    assert accept(second, name="Amina").status == 200

    assert accept(first).status == 400


def test_the_role_is_the_one_of_the_last_invitation(admin: SignedUp) -> None:
    first = invite(admin, EMAIL, Role.ADMIN)
    second = invite(admin, EMAIL, Role.VIEWER)

    assert accept(first, name="Amina").status == 400
    assert accept(second, name="Amina").body["data"]["role"] == "VIEWER"


def test_a_revoked_invitation_is_good_no_more(admin: SignedUp, invitations: Invitations) -> None:
    token = invite(admin, EMAIL)

    invitations.revoke(admin.principal, admin.tenant_id, only_invitation(admin).invitation_id)

    assert accept(token, name="Amina").status == 400
    assert only_invitation(admin).status is InvitationStatus.REVOKED
    assert try_to_sign_in(EMAIL).status == 401


def test_revoking_while_somebody_accepts_lets_one_of_them_win(admin: SignedUp) -> None:
    invite(admin, EMAIL)
    invitation = only_invitation(admin)
    assert InvitationStore().revoke(invitation)

    assert not InvitationStore().revoke(invitation)
    assert accept(mailed_token(admin, EMAIL), name="Amina").status == 400


def test_an_expired_invitation_is_shown_as_such_and_good_no_more(admin: SignedUp, invitations: Invitations) -> None:
    token = invite(admin, EMAIL)
    InvitationStore().put(replace(only_invitation(admin), ends_at=utc_now() - timedelta(seconds=1)))

    assert accept(token, name="Amina").status == 400
    [shown] = invitations.of_tenant(admin.principal, admin.tenant_id)
    assert shown.status is InvitationStatus.EXPIRED


@pytest.mark.parametrize(
    ("name", "password", "field"), [("", PASSWORD, "name"), ("Amina", "short", "password"), (" ", PASSWORD, "name")]
)
def test_what_somebody_new_gets_wrong_leaves_the_invitation_good(
    name: str, password: str, field: str, admin: SignedUp
) -> None:
    token = invite(admin, EMAIL)

    refused = accept(token, name=name, password=password)

    assert (refused.status, set(refused.body["errors"])) == (400, {field})
    assert accept(token, name="Amina").status == 200


@pytest.mark.parametrize("token", ["", "x" * 32, "x" * 101])
def test_what_is_no_token_lets_nobody_in(token: str, cloud: None) -> None:
    assert accept(token, name="Amina").status == 400


def test_a_token_for_another_purpose_is_no_invitation(admin: SignedUp) -> None:
    invite(admin, EMAIL)
    token = OneTimeTokens(OneTimeTokenStore()).issue(Purpose.RESET_PASSWORD, email=EMAIL, tenant_id=admin.tenant_id)

    assert accept(token, name="Amina").status == 400


def test_a_member_is_not_invited_again(admin: SignedUp) -> None:
    hire(admin, EMAIL)

    answer = admin.at("mifumo/tenants").post(
        f"/api/tenants/{admin.tenant_id}/invitations", {"email": EMAIL, "role": "AGENT"}
    )

    assert (answer.status, answer.body["error_code"]) == (409, "MEMBER_ALREADY")


def test_who_became_a_member_otherwise_cannot_accept(admin: SignedUp) -> None:
    token = invite(admin, EMAIL)
    hire(admin, EMAIL)

    assert accept(token).status == 409


def test_an_invitation_tells_nothing_of_accounts_elsewhere(admin: SignedUp) -> None:
    sign_up("known@example.com")
    path = f"/api/tenants/{admin.tenant_id}/invitations"

    answers = [
        admin.at("mifumo/tenants").post(path, {"email": email, "role": "AGENT"}).body["data"]
        for email in ("known@example.com", "unknown@example.com")
    ]

    assert [(answer["status"], sorted(answer)) for answer in answers] == [("open", sorted(answers[0]))] * 2


def test_one_address_is_not_teased(admin: SignedUp, invitations: Invitations) -> None:
    for _ in range(MOST_MAILS):
        invite(admin, EMAIL)
    queued_mails()
    caller = admin.principal
    invitations.revoke(caller, admin.tenant_id, only_invitation(admin).invitation_id)

    with pytest.raises(RateLimited) as refusal:
        invitations.invite(caller, admin.tenant_id, email=EMAIL, role=Role.AGENT)

    assert (refusal.value.retry_after or 0) > 3600
    assert queued_mails() == []


def test_strangers_are_not_mailed_by_the_thousand(admin: SignedUp) -> None:
    invite(admin, EMAIL)
    first = only_invitation(admin)
    for number in range(MOST_UNANSWERED):
        InvitationStore().put(
            replace(first, invitation_id=new_id(), email=f"{number}@example.com", status=InvitationStatus.REVOKED)
        )

    answer = admin.at("mifumo/tenants").post(
        f"/api/tenants/{admin.tenant_id}/invitations", {"email": "one.more@example.com", "role": "AGENT"}
    )

    assert (answer.status, answer.body["error_code"]) == (409, "TOO_MANY_INVITATIONS")


def test_no_token_is_stored_as_such(admin: SignedUp) -> None:
    assert invite(admin, EMAIL) not in str(stored_items("IDENTITY_TABLE"))


def test_another_organisation_sees_sends_and_ends_no_invitation(admin: SignedUp) -> None:
    invite(admin, EMAIL)
    stranger = sign_up("omar@example.com").at("mifumo/tenants")
    path = f"/api/tenants/{admin.tenant_id}/invitations"

    assert stranger.get(path).status == 404
    assert stranger.post(path, {"email": "eve@example.com", "role": "ADMIN"}).status == 404
    assert stranger.delete(f"{path}/{only_invitation(admin).invitation_id}").status == 404
    assert only_invitation(admin).status is InvitationStatus.OPEN
