"""Fifty at once: against the running stack, because only a real race is one."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from herald.values.ids import compact_id, random_text
from local.stack.running import RunningStack
from tests.support.clinic import Clinic
from tests.support.engine import Engine

pytestmark = pytest.mark.stack

AT_ONCE = 50


def test_of_fifty_who_bring_one_refresh_token_one_gets_new_tokens_and_its_reuse_ends_the_session(
    stack: RunningStack, clinic: Clinic
) -> None:
    body = {"refresh_token": clinic.session["refresh_token"]}

    def refresh(_: int) -> httpx.Response:
        return httpx.post(f"{stack.api_url}/api/v1/auth/refresh", json=body, timeout=60, trust_env=False)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(refresh, range(AT_ONCE)))

    statuses = Counter(answer.status_code for answer in answers)
    # A session is renewed five times a minute at most; whoever comes later is told to wait until it has ended.
    assert (statuses[200], statuses[401] + statuses[429]) == (1, AT_ONCE - 1)
    assert refresh(0).status_code in {401, 429}
    [winner] = [answer.json() for answer in answers if answer.status_code == 200]
    renewed = {"refresh_token": winner["refresh_token"]}
    again = httpx.post(f"{stack.api_url}/api/v1/auth/refresh", json=renewed, timeout=60, trust_env=False)
    assert again.status_code in {401, 429}, "somebody showed the old one: nobody goes on"
    assert clinic.http.get("/api/v1/auth/me").status_code == 401, "nor by the tokens that were out"


def test_fifty_creations_under_one_key_are_one_batch(clinic: Clinic) -> None:
    template = clinic.upload_template()["id"]
    body = {"name": "Once", "template_id": template}

    def create(_: int) -> httpx.Response:
        return clinic.http.post("/api/v1/admin/batches", json=body, headers={"Idempotency-Key": "once"})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(create, range(AT_ONCE)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 409)
    assert [batch["name"] for batch in clinic.get("/api/v1/admin/batches")["batches"]] == ["Once"]


def test_fifty_wrong_passwords_at_once_are_no_more_than_ten(
    stack: RunningStack, clinic: Clinic, engine: Engine
) -> None:
    def sign_in(password: str) -> int:
        credentials = {"email": clinic.email, "password": password}
        return httpx.post(
            f"{stack.api_url}/api/v1/auth/login", json=credentials, timeout=60, trust_env=False
        ).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(sign_in, [f"wrong-{number}" for number in range(AT_ONCE)]))
    engine.forget_requests_of_this_address()

    assert set(answers) <= {401, 429}
    assert answers[401] <= 10


def test_fifty_tries_at_a_link_at_once_are_no_more_than_five(
    stack: RunningStack, clinic: Clinic, engine: Engine
) -> None:
    token = compact_id(clinic.tenant_id) + random_text(width=22)

    def guess(password: str) -> int:
        body = {"token": token, "password": password}
        address = f"{stack.api_url}/api/v1/customer/authenticate"
        return httpx.post(address, json=body, timeout=60, trust_env=False).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = set(pool.map(guess, [f"wrong-{number}" for number in range(AT_ONCE)]))
    engine.forget_requests_of_this_address()

    assert answers <= {401, 429}
    assert engine.link(clinic.tenant_id, token)["wrong_passwords"] == {"N": "5"}
