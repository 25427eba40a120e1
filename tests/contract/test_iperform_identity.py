"""iPerform's API design, line by line, as far as it is about signing in, staff and companies."""

from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Literal

import httpx
import pytest
from pydantic import AwareDatetime, Field

from local.stack.running import RunningStack
from tests.contract.documented import Documented, DocumentedExactly
from tests.support.clinic import PASSWORD, PASSWORD_OF_ONES_OWN, Clinic

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("engine")]

Text = Annotated[str, Field(min_length=1)]
Number = Annotated[int, Field(ge=1)]
RoleName = Literal["ADMIN", "MANAGER", "AGENT", "SALESPERSON", "VIEWER", "INTEGRATION"]
BOTH_ENDINGS = pytest.mark.parametrize("ending", ["", "/"], ids=["plain", "slash"])


# ---------------------------------------------------------------- documented answers


class SignedIn(Documented):
    status: Literal[200]
    token: Annotated[str, Field(pattern=r"^eyJ[\w-]+\.[\w-]+\.[\w-]+$")]
    user_id: Number
    role: RoleName
    company_id: Number
    expires_in: Literal[86400]


class User(Documented):
    id: Number
    username: str
    email: Text
    role: RoleName
    role_id: Annotated[int, Field(ge=1, le=6)]
    company_id: Number
    is_active: bool


class Company(Documented):
    id: Number
    company_name: Text
    gst_number: str
    website: str
    industry: str


class Answer(Documented):
    """iPerform, "Response Format"."""

    status: Annotated[int, Field(ge=200, le=201)]
    message: Text
    timestamp: AwareDatetime


class UserAnswer(Answer):
    data: User


class CompanyAnswer(Answer):
    data: Company


class EmptyAnswer(Answer):
    data: None


class ListAnswer(Answer):
    count: Annotated[int, Field(ge=0)]
    page: Number
    limit: Number
    total: Annotated[int, Field(ge=0)]


class UserList(ListAnswer):
    data: list[User]


class CompanyList(ListAnswer):
    data: Annotated[list[Company], Field(min_length=1)]


class ErrorResponse(DocumentedExactly):
    status: int
    message: Text
    error: Text
    details: dict[str, Any]


class SharedErrorResponse(DocumentedExactly):
    """At ``/users``, which iPerform shares with Event Stream: the one's status and details, the other's rest."""

    status: int
    message: Text
    error: Text
    details: dict[str, Any]
    timestamp: AwareDatetime
    request_id: Text
    field: str = ""


# ---------------------------------------------------------------- at work


def sign_in(clinic: Clinic, ending: str = "") -> SignedIn:
    body = {"username": clinic.email, "password": PASSWORD, "user_agent": "Mozilla/5.0...", "authflow": "jwt"}
    answer = clinic.http.post(f"/api/v1/i_auth{ending}", json=body)
    assert answer.status_code == 200, answer.text
    return SignedIn.model_validate_json(answer.content)


def new_user(clinic: Clinic, company_id: int, name: str = "john.smith") -> dict[str, Any]:
    # User names are one list for everybody; the clinic's own address keeps this one apart.
    local_part = f"{name}.{clinic.email.partition('@')[0]}"
    return {
        "username": local_part,
        "email": f"{local_part}@example.com",
        "company_id": company_id,
        "role_id": 3,
        "password": PASSWORD,
    }


def create_user(clinic: Clinic, company_id: int, ending: str = "") -> User:
    answer = clinic.http.post(f"/api/v1/users{ending}", json=new_user(clinic, company_id))
    assert answer.status_code == 201, answer.text
    return UserAnswer.model_validate_json(answer.content).data


@BOTH_ENDINGS
def test_signing_in_with_iperforms_credentials(ending: str, clinic: Clinic) -> None:
    signed_in = sign_in(clinic, ending)

    assert (signed_in.user_id, signed_in.role) == (1, "ADMIN")


@BOTH_ENDINGS
def test_signing_in_with_an_extractors_credentials(ending: str, clinic: Clinic) -> None:
    company_id = sign_in(clinic).company_id
    body = {"username": clinic.email, "password": PASSWORD, "company_id": company_id}

    answer = clinic.http.post(f"/api/v1/ex_auth{ending}", json=body)

    assert answer.status_code == 200, answer.text
    assert SignedIn.model_validate_json(answer.content).company_id == company_id


@BOTH_ENDINGS
def test_signing_out_invalidates_the_session(ending: str, clinic: Clinic, stack: RunningStack) -> None:
    headers = {"Authorization": f"Bearer {sign_in(clinic).token}"}

    first = clinic.http.post(f"/api/v1/logout{ending}", headers=headers)
    second = clinic.http.post(f"/api/v1/logout{ending}", headers=headers)

    assert first.status_code == 200, first.text
    EmptyAnswer.model_validate_json(first.content)
    assert second.status_code == 401
    assert ErrorResponse.model_validate_json(second.content).status == 401


@BOTH_ENDINGS
def test_a_user_is_created_listed_updated_and_deactivated(ending: str, clinic: Clinic) -> None:
    company_id = sign_in(clinic).company_id
    created = create_user(clinic, company_id, ending)
    query: dict[str, str | int] = {"company_id": company_id, "role": "SALESPERSON", "active": 1}
    listed = clinic.http.get(f"/api/v1/users{ending}", params=query)
    updated = clinic.http.put(f"/api/v1/users/{created.id}{ending}", json={"role_id": 2})
    gone = clinic.http.delete(f"/api/v1/users/{created.id}{ending}")
    left = clinic.http.get(f"/api/v1/users{ending}", params={"active": 0})

    assert (created.role, created.company_id, created.is_active) == ("SALESPERSON", company_id, True)
    assert UserList.model_validate_json(listed.content).data == [created]
    assert (listed.headers["X-Total-Count"], listed.headers["X-Page-Count"]) == ("1", "1")
    assert UserAnswer.model_validate_json(updated.content).data.role == "MANAGER"
    assert gone.status_code == 200, gone.text
    EmptyAnswer.model_validate_json(gone.content)
    assert [user.id for user in UserList.model_validate_json(left.content).data] == [created.id]


def test_pages_are_asked_for_by_page_and_limit(clinic: Clinic) -> None:
    create_user(clinic, sign_in(clinic).company_id)

    answer = clinic.http.get("/api/v1/users", params={"active": 1, "page": 2, "limit": 1})

    listed = UserList.model_validate_json(answer.content)
    assert (listed.count, listed.page, listed.limit, listed.total) == (1, 2, 1, 2)
    assert answer.headers["X-Page-Count"] == "2"


@BOTH_ENDINGS
def test_a_company_is_created_and_listed(ending: str, clinic: Clinic) -> None:
    body = {
        "company_name": "XYZ Corp",
        "gst_number": "18AABCU1234F1Z0",
        "website": "https://xyzcorp.com",
        "industry": "IT",
    }

    created = clinic.http.post(f"/api/v1/companies{ending}", json=body)
    listed = clinic.http.get(f"/api/v1/companies{ending}")

    assert created.status_code == 201, created.text
    company = CompanyAnswer.model_validate_json(created.content).data
    assert {name: created.json()["data"][name] for name in body} == body
    assert company in CompanyList.model_validate_json(listed.content).data


# ---------------------------------------------------------------- documented errors


def assert_error(answer: httpx.Response, status: int, *, told: int | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert ErrorResponse.model_validate_json(answer.content).status == (told or status)


def test_an_unknown_user_and_a_wrong_password_are_500_in_the_body_and_look_alike(clinic: Clinic) -> None:
    wrong = clinic.http.post("/api/v1/i_auth", json={"username": clinic.email, "password": "wrong password"})
    unknown = clinic.http.post("/api/v1/i_auth", json={"username": "nobody@example.org", "password": PASSWORD})

    assert_error(wrong, 401, told=500)
    assert_error(unknown, 401, told=500)
    assert wrong.json() == unknown.json()


def test_an_inactive_user_is_500_in_the_body(clinic: Clinic) -> None:
    user = create_user(clinic, sign_in(clinic).company_id)
    clinic.join(user.email)
    clinic.http.delete(f"/api/v1/users/{user.id}")

    answer = clinic.http.post("/api/v1/i_auth", json={"username": user.username, "password": PASSWORD_OF_ONES_OWN})

    assert_error(answer, 401, told=500)


def test_a_password_that_an_administrator_set_is_not_good_for_more_than_being_replaced(clinic: Clinic) -> None:
    user = create_user(clinic, sign_in(clinic).company_id)

    for login in (user.username, user.email):
        answer = clinic.http.post("/api/v1/i_auth", json={"username": login, "password": PASSWORD})
        assert_error(answer, 403)


def test_a_taken_user_name_is_a_conflict(clinic: Clinic) -> None:
    company_id = sign_in(clinic).company_id
    user = create_user(clinic, company_id)

    again = clinic.http.post("/api/v1/users", json=new_user(clinic, company_id, "other") | {"username": user.username})

    assert again.status_code == 409, again.text
    assert SharedErrorResponse.model_validate_json(again.content).status == 409


def test_the_last_administrator_stays(clinic: Clinic) -> None:
    assert_error(clinic.http.delete("/api/v1/users/1"), 409)


def test_two_administrators_who_remove_each_other_at_once_leave_one(clinic: Clinic) -> None:
    company_id = sign_in(clinic).company_id
    body = new_user(clinic, company_id) | {"role_id": 1}
    other = clinic.post("/api/v1/users", body)["data"]["id"]
    clinic.join(body["email"])
    login = {"username": body["username"], "password": PASSWORD_OF_ONES_OWN}
    tokens = {1: sign_in(clinic).token, other: clinic.post("/api/v1/i_auth", login)["token"]}

    def remove(caller: int, victim: int) -> int:
        headers = {"Authorization": f"Bearer {tokens[caller]}"}
        return clinic.http.delete(f"/api/v1/users/{victim}", headers=headers).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(remove, (1, other), (other, 1)))

    # The second is refused, or signed out already.
    assert min(statuses) == 200
    assert max(statuses) in {401, 409}
    survivor = (1, other)[statuses.index(200)]
    headers = {"Authorization": f"Bearer {tokens[survivor]}"}
    listed = clinic.http.get("/api/v1/users", params={"role": "ADMIN", "active": 1}, headers=headers)
    assert [user.id for user in UserList.model_validate_json(listed.content).data] == [survivor]


@pytest.mark.parametrize("user_id", ["99", "nobody"])
def test_somebody_who_is_not_there_is_not_found(user_id: str, clinic: Clinic) -> None:
    assert_error(clinic.http.put(f"/api/v1/users/{user_id}", json={"role_id": 2}), 404)


def test_a_bad_request_names_its_fields(clinic: Clinic) -> None:
    answer = clinic.http.post("/api/v1/users", json={"username": "john.smith"})
    company = clinic.http.post("/api/v1/companies", json={})

    assert set(SharedErrorResponse.model_validate_json(answer.content).details) == {"email", "password", "role_id"}
    assert_error(company, 400)
    assert set(company.json()["details"]) == {"company_name"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/logout"),
        ("PUT", "/api/v1/users/1"),
        ("DELETE", "/api/v1/users/1"),
        ("GET", "/api/v1/companies"),
        ("POST", "/api/v1/companies"),
    ],
)
def test_whoever_is_not_signed_in_is_turned_away(method: str, path: str, stack: RunningStack) -> None:
    assert_error(httpx.request(method, stack.api_url + path, json={}, trust_env=False, timeout=60), 401)
