"""An organisation is closed: nobody works in it any more, and until it is erased that can be undone."""

from datetime import timedelta

import pytest

from herald.identity.closures.service import DueErasures
from herald.identity.closures.store import ClosureStore
from herald.identity.composition import identity
from herald.identity.model import Role
from herald.values.clock import from_text, utc_now
from tests.support.functions import ask_sample
from tests.support.mails import deliver_mails
from tests.support.people import PASSWORD, SignedUp, accept, hire, invite, sign_in, sign_up, visitor
from tests.support.queues import RememberingQueue
from tests.support.requests import Answer

ORGANISATION = "/api/v1/admin/organisation"
CLOSURE = f"{ORGANISATION}/closure"
NAME = "Amina Otieno"


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


def close(admin: SignedUp, **changed: object) -> Answer:
    body = {"name": NAME, "password": PASSWORD} | changed
    return admin.at("platform/organisation").post(CLOSURE, body)


def test_a_closed_organisation_says_when_it_is_erased_and_lets_nobody_work(admin: SignedUp) -> None:
    agent = hire(admin, "agent@greenfield.example")
    key = ask_sample("mifumo/keys/generate", token=hire(admin, "boss@greenfield.example", Role.ADMIN).token)
    assert key.status == 201

    other = sign_up("other@example.com")
    closed = close(admin)

    assert (closed.status, closed.body["status"], closed.body["name"]) == (200, "closed", NAME)
    assert from_text(closed.body["erase_at"]) - from_text(closed.body["closed_at"]) == timedelta(days=30)
    assert agent.at("platform/organisation").get(ORGANISATION).body == closed.body
    assert other.at("platform/organisation").get(ORGANISATION).body["status"] == "open"
    assert agent.at("platform/auth").get("/api/v1/auth/me").status == 200
    [own] = agent.at("mifumo/tenants").get("/api/tenants").body["data"]["results"]
    assert own["is_active"] is False


def test_nothing_else_is_there_for_its_people_and_its_keys(admin: SignedUp) -> None:
    agent = hire(admin, "agent@greenfield.example")
    closed = identity().closures.close(admin.principal, name=NAME, password=PASSWORD)

    for caller in (agent, admin, sign_in(admin.email)):
        answer = caller.at("resultflow/templates").get("/api/v1/admin/templates")
        assert (answer.status, answer.error) == (403, "organisation_closed")
    _, text = identity().api_keys.generate(admin.principal, key_id="key", name="Shop", scopes=[], days=None)
    program = visitor("resultflow/templates").with_token(text)
    assert program.get("/api/v1/admin/templates").error == "organisation_closed"
    assert closed.erase_at is not None


def test_it_is_opened_again_as_it_was(admin: SignedUp) -> None:
    close(admin)

    opened = admin.at("platform/organisation").delete(CLOSURE)

    assert (opened.status, opened.body["status"], opened.body["erase_at"]) == (200, "open", None)
    assert admin.at("platform/users").get("/api/v1/users?active=true").status == 200
    assert identity().due_erasures.ask() == 0
    assert admin.at("platform/organisation").delete(CLOSURE).status == 200


def test_an_invitation_leads_nowhere_while_it_is_closed(admin: SignedUp) -> None:
    token = invite(admin, "new@greenfield.example")
    close(admin)

    assert accept(token).body["message"] == "This link has expired or was used before; ask for a new one."
    identity().closures.reopen(admin.principal)
    assert accept(token, name="New").status == 200


def test_no_mail_invites_to_a_closed_organisation(admin: SignedUp) -> None:
    deliver_mails()
    identity().invitations.invite(admin.principal, admin.tenant_id, email="new@example.com", role=Role.AGENT)
    close(admin)

    assert deliver_mails() == []


@pytest.mark.parametrize("wrong", [{"name": "Another"}, {"password": "not mine"}])
def test_nobody_closes_it_by_mistake_or_with_a_stolen_session(admin: SignedUp, wrong: dict[str, str]) -> None:
    answer = close(admin, **wrong)

    assert (answer.status, answer.error) == (400, "validation_error")
    assert list(answer.body["error"]["details"]) == list(wrong)
    assert admin.at("platform/organisation").get(ORGANISATION).body["status"] == "open"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_closes_and_opens_it(admin: SignedUp, role: Role) -> None:
    member = hire(admin, "member@greenfield.example", role)

    assert close(member).error == "permission_denied"
    assert member.at("platform/organisation").delete(CLOSURE).error == "permission_denied"


def test_what_is_erased_at_once_is_there_for_nobody_from_then_on(admin: SignedUp) -> None:
    erasing = identity().closures.erase_now(admin.principal, name=NAME, password=PASSWORD)

    asked = sign_in(admin.email).at("mifumo/tenants").get("/api/tenants")

    assert erasing.state == "erasing"
    assert (asked.status, asked.body["error_code"]) == (401, "ORGANISATION_DELETED")


def test_what_is_being_erased_is_not_opened_again(admin: SignedUp) -> None:
    erasing = close(admin, when="now")

    undone = admin.at("platform/organisation").delete(CLOSURE)

    assert (erasing.status, erasing.body["status"]) == (200, "erasing")
    assert (undone.status, undone.error) == (409, "organisation_deleted")
    assert close(admin).error == "organisation_deleted"


def test_organisations_are_erased_when_their_time_has_come(admin: SignedUp) -> None:
    other = sign_up("other@example.com")
    close(admin)
    identity().closures.close(other.principal, name=NAME, password=PASSWORD)
    identity().closures.reopen(other.principal)
    queue, now = RememberingQueue(), utc_now()

    assert DueErasures(ClosureStore(), queue, clock=lambda: now + timedelta(days=29)).ask() == 0
    assert DueErasures(ClosureStore(), queue, clock=lambda: now + timedelta(days=31)).ask() == 1
    assert [message["tenant_id"] for message in queue.messages] == [admin.tenant_id]
