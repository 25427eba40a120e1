"""People whom an administrator adds: the place is theirs when they come, and no password of his opens it."""

import pytest

from herald.errors import Conflict, Forbidden, HeraldError, Invalid, Unauthenticated
from herald.identity.accounts.service import Accounts
from herald.identity.composition import IdentityContainer, identity
from herald.identity.lockout.model import TooManyAttempts
from herald.identity.model import Role
from herald.identity.sessions.model import Origin
from herald.identity.staff.changes import MemberChanges, NewMember
from herald.identity.staff.model import MOST_PROVISIONAL, User
from herald.settings import settings
from herald.values.ids import new_id
from tests.support.clock import FakeClock
from tests.support.mails import Mail, deliver_mails
from tests.support.people import BETTER, PASSWORD, SignedUp, accept, invite, sign_in, sign_up, try_to_sign_in

WORKER = "wanjiru@example.com"
GIVEN = "given by her admin 17"


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


@pytest.fixture
def accounts(cloud: None) -> Accounts:
    return identity().accounts


def add(admin: SignedUp, role: Role = Role.AGENT, *, email: str = WORKER, username: str = "", name: str = "") -> User:
    new = NewMember(email, GIVEN, role, username, name)
    return identity().staff.add(admin.principal, new, person_id=new_id())


def added(admin: SignedUp, role: Role = Role.AGENT, *, username: str = "", name: str = "") -> Mail:
    """The mail to somebody who was added."""
    deliver_mails()
    add(admin, role, username=username, name=name)
    [mail] = deliver_mails()
    return mail


@pytest.mark.parametrize("login", [WORKER, WORKER.upper(), "wanjiru"])
def test_the_password_that_an_administrator_set_opens_nothing(login: str, admin: SignedUp, accounts: Accounts) -> None:
    add(admin, username="wanjiru", name="Wanjiru")

    with pytest.raises(Forbidden) as refusal:
        accounts.sign_in(login=login, password=GIVEN)

    assert refusal.value.code == "password_change_required"
    assert identity().sessions.of_person(admin.principal)


def test_another_password_is_as_wrong_as_any(admin: SignedUp, accounts: Accounts) -> None:
    add(admin, username="wanjiru", name="Wanjiru")

    for login in (WORKER, "wanjiru"):
        with pytest.raises(HeraldError) as refusal:
            accounts.sign_in(login=login, password="not that one 5")
        assert refusal.value.code == "invalid_credentials"


def test_who_was_added_comes_by_the_mail_with_a_password_of_their_own(admin: SignedUp) -> None:
    mail = added(admin, Role.MANAGER, username="wanjiru", name="Wanjiru")
    assert (mail.to, mail.link.partition("?")[0]) == (WORKER, "https://api.herald.example/account/invitation")

    assert accept(mail.token, password=BETTER).status == 200

    worker = identity().staff.member(admin.tenant_id, 2)
    assert (worker.name, worker.person.username, worker.role) == ("Wanjiru", "wanjiru", Role.MANAGER)
    assert worker.person.is_verified
    for login in (WORKER, "wanjiru"):
        assert try_to_sign_in(login, password=BETTER).status == 200
    assert try_to_sign_in(WORKER, password=GIVEN).body["error"]["code"] == "invalid_credentials"


def test_the_password_that_an_administrator_set_is_not_chosen_again(admin: SignedUp) -> None:
    mail = added(admin)

    refused = accept(mail.token, password=GIVEN, name="Wanjiru")

    assert (refused.status, refused.body["errors"]) == (400, {"password": ["known to somebody else"]})
    assert accept(mail.token, password=BETTER).status == 200


def test_an_administrator_does_not_get_into_an_organisation_that_their_worker_joins_later(admin: SignedUp) -> None:
    add(admin)
    other = sign_up("omar@example.com")
    token = invite(other, WORKER)

    refused = accept(token, password=GIVEN, name="Wanjiru")

    assert refused.status == 400
    assert "set one of your own" in refused.text
    assert try_to_sign_in(WORKER, password=GIVEN).status == 403
    assert accept(token, password=BETTER, name="Wanjiru").status == 200
    assert try_to_sign_in(WORKER, password=GIVEN).status == 403


def test_nobody_signs_up_with_a_password_that_an_administrator_set(admin: SignedUp, accounts: Accounts) -> None:
    add(admin)

    with pytest.raises(Invalid) as refusal:
        accounts.register(email=WORKER, password=GIVEN, name="Wanjiru")

    assert refusal.value.fields == {"password": "known to somebody else"}


def test_who_has_an_account_takes_the_place_with_its_own_password(admin: SignedUp) -> None:
    worker = sign_up(WORKER, name="Wanjiru Kamau")
    mail = added(admin, Role.MANAGER, username="wanjiru", name="Wanjiru")

    assert accept(mail.token, password=GIVEN).status == 403
    assert accept(mail.token).status == 200

    here = identity().staff.member(admin.tenant_id, 2)
    assert (here.user_id, here.name, here.role) == (worker.user_id, "Wanjiru Kamau", Role.MANAGER)
    assert len(identity().staff.members(admin.tenant_id)) == 2
    assert sign_in(WORKER).tenant_id == admin.tenant_id
    assert worker.is_signed_in()


def test_adding_tells_nothing_of_accounts_elsewhere(admin: SignedUp) -> None:
    sign_up(WORKER, name="Wanjiru Kamau")

    known, unknown = add(admin), add(admin, email="nobody@example.com")

    assert (known.name, known.membership.active) == ("wanjiru", True)
    assert (unknown.name, unknown.membership.active) == ("nobody", True)
    signed_in = [try_to_sign_in(email, password=GIVEN) for email in (WORKER, "nobody@example.com")]
    assert [answer.status for answer in signed_in] == [403, 403]
    assert signed_in[0].body == signed_in[1].body
    listed = [user.person for user in identity().staff.members(admin.tenant_id)][1:]
    assert [person.is_verified for person in listed] == [False, False]


@pytest.mark.parametrize("way", ["add", "invite"])
def test_a_foreign_account_and_none_are_answered_alike(way: str, admin: SignedUp) -> None:
    sign_up(WORKER, name="Wanjiru Kamau")
    addresses, answers = {"known": WORKER, "other": "nobody@greenfield.example"}, []
    for name, email in addresses.items():
        if way == "add":
            body: dict[str, object] = {"username": name, "email": email, "password": GIVEN, "role_id": 3}
            answers.append(admin.at("platform/users").post("/api/v1/users", body))
        else:
            path = f"/api/tenants/{admin.tenant_id}/invitations"
            answers.append(admin.at("mifumo/tenants").post(path, {"email": email, "role": "AGENT"}))

    known, other = answers
    assert known.status == other.status == 201
    assert {*known.body["data"]} == {*other.body["data"]}
    told = [{key: answer.body["data"].get(key) for key in ("role", "status", "is_active")} for answer in answers]
    assert told[0] == told[1]
    assert "Wanjiru" not in known.text


def test_an_address_that_was_added_is_still_its_owners(admin: SignedUp, accounts: Accounts) -> None:
    add(admin)

    signed_in = accounts.register(email=WORKER, password=BETTER, name="Wanjiru")

    assert signed_in.user.tenant_id != admin.tenant_id


def test_a_role_that_was_changed_meanwhile_is_the_one_that_is_taken(admin: SignedUp) -> None:
    mail = added(admin, Role.ADMIN)
    identity().staff.update(admin.principal, 2, MemberChanges(role=Role.VIEWER))

    assert accept(mail.token, password=BETTER).body["data"]["role"] == "VIEWER"


def test_an_administrator_who_was_added_counts_as_one(admin: SignedUp) -> None:
    mail = added(admin, Role.ADMIN)
    accept(mail.token, password=BETTER)

    identity().staff.deactivate(admin.principal, 1)

    with pytest.raises(Conflict):
        identity().staff.deactivate(admin.principal, 2)


def test_who_was_deactivated_before_they_came_does_not_come(admin: SignedUp) -> None:
    mail = added(admin)
    identity().staff.deactivate(admin.principal, 2)

    assert accept(mail.token, password=BETTER).body["error_code"] == "TOKEN_INVALID"


@pytest.mark.parametrize("login", [WORKER, "wanjiru"])
def test_a_forgotten_password_of_somebody_who_has_not_come_yet_sends_the_invitation_again(
    login: str, admin: SignedUp
) -> None:
    added(admin, username="wanjiru", name="Wanjiru")

    identity().recovery.ask_for_reset(login)

    [mail] = deliver_mails()
    assert mail.to == WORKER
    assert accept(mail.token, password=BETTER).status == 200


def test_inviting_again_sends_another_mail_for_the_same_place(admin: SignedUp) -> None:
    added(admin, Role.MANAGER)

    answer = admin.at("mifumo/tenants").post(
        f"/api/tenants/{admin.tenant_id}/invitations", {"email": WORKER, "role": "VIEWER"}
    )

    assert (answer.status, answer.body["data"]["role"]) == (201, "MANAGER")
    [mail] = deliver_mails()
    assert accept(mail.token, password=BETTER).body["data"]["role"] == "MANAGER"
    assert len(identity().staff.members(admin.tenant_id)) == 2


def test_few_organisations_add_one_address_at_a_time(admin: SignedUp) -> None:
    for number in range(MOST_PROVISIONAL):
        add(sign_up(f"admin-{number}@example.com"))

    with pytest.raises(Conflict) as refusal:
        add(admin)

    assert refusal.value.code == "too_many_invitations"


def test_tries_with_the_given_password_do_not_start_an_accounts_count_of_wrong_ones_anew(admin: SignedUp) -> None:
    sign_up(WORKER)
    add(admin)
    accounts = IdentityContainer(settings(), clock=FakeClock()).accounts
    tries = [GIVEN, *["not that one 5"] * 2] * 2

    def refusal_of(password: str) -> type[HeraldError]:
        with pytest.raises(HeraldError) as refusal:
            accounts.sign_in(login=WORKER, password=password, origin=Origin("198.51.100.1"))
        return type(refusal.value)

    assert [refusal_of(password) for password in tries] == [
        *[Forbidden, Unauthenticated, Unauthenticated],
        *[Forbidden, Unauthenticated, TooManyAttempts],
    ]


def test_the_password_that_was_not_set_by_its_owner_is_not_set_later_either(admin: SignedUp) -> None:
    worker = sign_up(WORKER)
    add(admin)

    with pytest.raises(Invalid):
        identity().recovery.change_password(worker.principal, old=PASSWORD, new=GIVEN)
