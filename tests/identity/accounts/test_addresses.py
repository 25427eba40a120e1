"""One address is one account, however it is written and whichever contract it comes in by."""

import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from herald.errors import Invalid
from herald.identity.composition import identity
from herald.values.email import normal_email
from local.stack.running import ROOT
from tests.support.cloud import queued_mails
from tests.support.people import PASSWORD, SignedUp, sign_up, try_to_sign_in, visitor
from tests.support.requests import Answer

NO_ADDRESSES = (
    "a@greenfield.example,b@greenfield.example",
    "x<victim@greenfield.example>",
    "amina\0@greenfield.example",
    "<b>amina</b>@greenfield.example",
    "straße@greenfield.example",
)
no_addresses = pytest.mark.parametrize("email", NO_ADDRESSES)


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


def invite(admin: SignedUp, email: str) -> Answer:
    body = {"email": email, "role": "AGENT"}
    return admin.at("mifumo/tenants").post(f"/api/tenants/{admin.tenant_id}/invitations", body)


def reason_in(errors: Mapping[str, object]) -> object:
    assert set(errors) == {"email"}
    return errors["email"]


@no_addresses
def test_what_is_no_address_is_refused_with_the_field_in_the_format_of_each_contract(
    email: str, admin: SignedUp
) -> None:
    person = {"email": email, "password": PASSWORD, "name": "John Doe"}
    shared = visitor("platform/auth").post("/api/v1/auth/register", person)
    mifumo = visitor("mifumo/auth").post("/api/auth/register", person)
    invited = invite(admin, email)
    reset = visitor("mifumo/auth").post("/api/auth/password/reset", {"email": email})
    hired = admin.at("platform/users").post("/api/v1/users", person | {"username": "john", "role": "AGENT"})

    assert {answer.status for answer in (shared, mifumo, invited, reset, hired)} == {400}
    assert reason_in(shared.body["error"]["details"])
    assert reason_in(hired.body["details"])
    for answer in (mifumo, invited, reset):
        assert reason_in(answer.body["errors"])


@no_addresses
def test_what_is_no_address_signs_nobody_in_and_says_no_more(email: str, admin: SignedUp) -> None:
    answer = try_to_sign_in(email)

    assert (answer.status, answer.error) == (401, "invalid_credentials")


@given(
    st.emails(),
    st.sampled_from([str.upper, str.lower, str.swapcase]),
    st.sampled_from([str.upper, str.lower]),
)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_signs_up_comes_in_by_every_form_of_the_address(
    cloud: None, address: str, write: Callable[[str], str], write_later: Callable[[str], str]
) -> None:
    try:
        normal_email(address)
    except Invalid:
        return
    accounts = identity().accounts
    if identity().person_store.find_by_login(normal_email(address)) is None:
        accounts.register(email=write(address), password=PASSWORD, name="Somebody")

    signed_in = accounts.sign_in(login=f" {write_later(address)} ", password=PASSWORD)

    assert signed_in.user.person.email == normal_email(address)


@pytest.mark.parametrize("login", ["amina@bücher.example", "AMINA@BÜCHER.example", "amina@xn--bcher-kva.example"])
def test_a_domain_in_letters_of_its_country_is_the_same_in_ascii(login: str, cloud: None) -> None:
    sign_up("Amina@Bücher.example")

    assert try_to_sign_in(login).status == 200


def test_another_form_of_an_address_is_no_way_around_the_count_of_its_invitations(admin: SignedUp) -> None:
    forms = [
        "eve@bücher.example",
        "EVE@bücher.example",
        "eve@XN--bcher-kva.example",
        " Eve@BÜCHER.EXAMPLE",
        "eVe@bücher.example",
    ]
    queued_mails()

    statuses = [invite(admin, form).status for form in [*forms, "evE@xn--bcher-kva.example"]]

    assert statuses == [201] * 5 + [429]
    assert {mail["login"] for mail in queued_mails()} == {"eve@xn--bcher-kva.example"}


def test_the_parser_is_imported_only_for_an_address_that_is_not_plain() -> None:
    program = (
        "import sys; from herald.values.email import normal_email; normal_email('Ann+tag@example.com');"
        "print('email_validator' in sys.modules); normal_email('ann@xn--bcher-kva.example');"
        "print('email_validator' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT / "layers/common", capture_output=True, check=True, text=True
    )

    assert done.stdout.split() == ["False", "True"]
