"""A wrong password comes to the audit log of the organisation by way of the table's stream."""

import pytest

from tests.support.clinic import Clinic
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


def test_an_administrator_sees_that_somebody_tried_a_password_and_only_once(clinic: Clinic) -> None:
    for _ in range(2):
        wrong = {"email": clinic.email, "password": "not the password"}
        assert clinic.http.post("/api/v1/auth/login", json=wrong).status_code == 401

    [entry] = eventually(lambda: clinic.get("/api/v1/admin/audit", action="failed_sign_in")["entries"])

    assert entry["record"] == [clinic.session["user"]["id"]]
    assert (entry["actor"], entry["status"]) == ("", None)
    assert entry["address"]
