"""iPerform's companies: the organisations of whoever asks."""

import pytest

from tests.support.people import PASSWORD, SignedUp, sign_up, visitor

DOCUMENTED = {
    "company_name": "XYZ Corp",
    "gst_number": "18AABCU1234F1Z0",
    "website": "https://xyzcorp.com",
    "industry": "IT",
}


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


def test_a_company_is_created_as_documented_with_its_maker_as_administrator(admin: SignedUp) -> None:
    answer = admin.at("iperform/companies").post("/api/v1/companies", DOCUMENTED)

    assert (answer.status, answer.body["status"]) == (201, 201)
    company = answer.body["data"]
    assert {name: company[name] for name in DOCUMENTED} == DOCUMENTED
    assert (company["id"], company["is_active"]) == (admin.company_id + 1, True)
    credentials = {"username": admin.email, "password": PASSWORD, "company_id": company["id"]}
    there = visitor("iperform/auth").post("/api/v1/ex_auth", credentials).body
    assert (there["role"], there["user_id"], there["company_id"]) == ("ADMIN", 1, company["id"])


def test_one_sees_ones_own_companies_alone(admin: SignedUp) -> None:
    sign_up("omar@example.com")
    admin.at("iperform/companies").post("/api/v1/companies", DOCUMENTED)

    answer = admin.at("iperform/companies").get("/api/v1/companies")

    assert answer.status == 200
    assert [company["company_name"] for company in answer.body["data"]] == ["Amina Otieno", "XYZ Corp"]
    assert {name: answer.body[name] for name in ("status", "count", "page", "total")} == {
        "status": 200,
        "count": 2,
        "page": 1,
        "total": 2,
    }


def test_one_key_creates_one_company(admin: SignedUp) -> None:
    desk = admin.at("iperform/companies")

    first = desk.post("/api/v1/companies", DOCUMENTED, idempotency_key="once")
    again = desk.post("/api/v1/companies", DOCUMENTED, idempotency_key="once")

    assert first.body == again.body
    assert desk.get("/api/v1/companies").body["count"] == 2


@pytest.mark.parametrize("name", ["", " ", None, "x" * 201])
def test_a_company_needs_a_name(name: str | None, admin: SignedUp) -> None:
    answer = admin.at("iperform/companies").post("/api/v1/companies", DOCUMENTED | {"company_name": name})

    assert (answer.status, answer.body["status"]) == (400, 400)
    assert set(answer.body) == {"status", "message", "error", "details"}
