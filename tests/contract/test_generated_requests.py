"""Thousands of requests that nobody wrote, made from the published description: each answer is one it describes."""

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case as AnyCase
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.stack.running import ROOT, RunningStack
from tests.contract.conftest import Practice, practice_of
from tests.support.clinic import PASSWORD, Clinic
from tests.support.engine import Engine

pytestmark = pytest.mark.stack

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
Case: TypeAlias = AnyCase[Any]
EXAMPLES = 8
"""Of each operation: as many that follow the description as that break it."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ORDER = ("GET", "PUT", "POST", "DELETE")
"""What deletes comes last, so that what others ask for is there."""
SEEDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class World:
    """A clinic at work: who asks, and what a request may name."""

    def __init__(self, practice: Practice) -> None:
        self._clinic, self._customer = practice.clinic, practice.customer
        clinic, people = self._clinic, f"/api/tenants/{self._clinic.tenant_id}/invitations"
        colleague = {"email": "colleague@example.org", "password": PASSWORD, "name": "Bola", "username": "bola"}
        session = clinic.get("/api/v1/auth/sessions")["sessions"][0]
        self._known: dict[str, str] = {
            **practice.known,
            "tenant_id": clinic.tenant_id,
            "user_id": str(clinic.post("/api/v1/users", colleague | {"role": "AGENT"})["data"]["id"]),
            "invitation_id": clinic.post(people, {"email": "new@example.org", "role": "AGENT"})["data"]["id"],
            "key_id": clinic.post("/api/auth/api-key/generate", {"name": "Generated"})["data"]["id"],
            "erasure_id": clinic.post("/api/v1/admin/erasures", {"email": "nobody@example.org"})["id"],
            "contact_id": clinic.post("/api/messaging/contacts/", {"phone_e164": "+255700000001"})["data"]["id"],
            "session_id": session["id"],
        }
        self._in_paths = self._known | {"name": _an_asset(clinic.http.get("/docs").text)}

    def authorization_for(self, operation: Operation) -> dict[str, str]:
        """Of whoever may call an operation, signed in for it alone: some operations end the session."""
        schemes = {name for scheme in operation.definition.raw.get("security", []) for name in scheme}
        if "staff" in schemes:
            signed_in = self._clinic.post("/api/v1/auth/login", {"email": self._clinic.email, "password": PASSWORD})
            return {"Authorization": f"Bearer {signed_in['token']}"}
        if "recipient" in schemes:
            return {"Authorization": str(self._customer.http.headers["Authorization"])}
        return {}

    def path_of(self, operation: Operation) -> dict[str, str]:
        """The parts of an operation's path that are known."""
        asked = {parameter.name for parameter in operation.path_parameters}
        return {name: self._in_paths[name] for name in asked & self._in_paths.keys()}

    def fill(self, case: Case) -> None:
        """Names what there is, where a request names anything."""
        for part in (case.body, case.query):
            if isinstance(part, dict):
                part.update({name: self._known[name] for name in part.keys() & self._known.keys()})


def _an_asset(page: str) -> str:
    found = re.search(r"/docs/assets/([^\"]+)", page)
    assert found is not None
    return found[1]


@dataclass
class Answers:
    """What came back: the statuses of each operation, and each answer that its description does not know."""

    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    undescribed: dict[str, str] = field(default_factory=dict)

    def note(self, case: Case, base_url: str) -> None:
        """Asks, and compares."""
        answer = case.call(base_url=base_url, allow_redirects=False)
        label = f"{case.operation.label} -> {answer.status_code}"
        self.statuses[case.operation.label][answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except (FailureGroup, Failure) as failure:
            faults = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
            self.undescribed[label] = f"{'; '.join(map(str, faults))}\n{case.as_curl_command()}\n{answer.text[:500]}"


@pytest.fixture(scope="module")
def answers(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """The same requests in each run, to every operation, of whoever may call it."""
    engine, answers = Engine(stack), Answers()
    engine.forget_requests_of_this_address()
    clinic = Clinic(stack, tmp_path_factory.mktemp("practice"))
    engine.raise_limits(clinic.tenant_id, 1_000_000)  # before a function remembers, for a minute, that it has none
    world = World(practice_of(clinic, stack))
    document = json.loads((ROOT / "openapi" / "herald.json").read_text(encoding="utf-8"))
    found = list(schemathesis.openapi.from_dict(document).get_all_operations())
    operations = [each.ok() for each in found if isinstance(each, Ok)]
    assert len(operations) == len(found), "the description is not sound"
    by_path = sorted(operations, key=lambda operation: operation.path, reverse=True)  # reports before their batches
    for operation in sorted(by_path, key=lambda operation: ORDER.index(operation.method.upper())):
        headers = world.authorization_for(operation)
        engine.forget_requests_of_this_address()
        following = operation.as_strategy(headers=headers, path_parameters=world.path_of(operation))

        @SEEDED
        @given(case=following)
        def ask_as_described(case: Case) -> None:
            world.fill(case)
            answers.note(case, stack.api_url)

        ask_as_described()
        if not operation.body and not operation.query:
            continue  # any text will do as a part of a path
        engine.forget_requests_of_this_address()
        breaking = operation.as_strategy(GenerationMode.NEGATIVE, headers=headers)

        @SEEDED
        @given(case=breaking)
        def ask_otherwise(case: Case) -> None:
            answers.note(case, stack.api_url)

        ask_otherwise()
    return answers


def test_every_answer_is_one_that_the_description_names(answers: Answers) -> None:
    assert not answers.undescribed, "\n\n".join(f"{label}: {fault}" for label, fault in answers.undescribed.items())


def test_requests_reach_what_they_name(answers: Answers) -> None:
    nothing = [operation for operation, statuses in answers.statuses.items() if set(statuses) == {404}]

    assert len(nothing) < len(answers.statuses) / 20, nothing


def test_requests_are_not_turned_away_by_limits(answers: Answers) -> None:
    assert [operation for operation, statuses in answers.statuses.items() if set(statuses) == {429}] == []
