import json
import os
import re
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path

import pytest

from herald.errors import HeraldError, Invalid, NotFound, RateLimited
from herald.http.contracts.contract import Contract, IdentifierFormat
from herald.http.contracts.event_stream import EVENT_STREAM
from herald.http.contracts.iperform import IPERFORM
from herald.http.contracts.mifumo import MIFUMO
from herald.http.contracts.prefixes import contract_of
from herald.http.contracts.pytake import PYTAKE
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.contracts.shared_sign_in import SHARED_SIGN_IN
from herald.http.contracts.shared_users import SHARED_USERS
from herald.http.problems import internal_problem, problem_of
from local.openapi.comparison import compare
from local.openapi.errors import Failures
from tests.local.descriptions import Json, answers_of, operations_of, references_in, resolve, schemas_of

ROOT = Path(__file__).parents[2]
BARE = {"/api/v1/i_auth", "/api/v1/ex_auth", "/api/v1/docs", "/api/v1/openapi.json"}
"""iPerform's sign-ins, whose documented examples are bare, and pages about the API itself below its prefix."""


def generate(*arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": "layers/common:.", "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "local.openapi", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "herald.json"
    done = generate("--to", str(path))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def document(generated: Path) -> Json:
    loaded: Json = json.loads(generated.read_text())
    return loaded


# The whole document


def test_the_document_has_the_form_of_openapi_3_1(document: Json) -> None:
    assert re.fullmatch(r"3\.1\.\d", document["openapi"])
    assert document["info"]["title"] == "Herald"
    assert document["info"]["license"] == {"name": "MIT", "identifier": "MIT"}
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", document["info"]["version"])
    unknown = {name for name in document if not name.startswith("x-")} - {
        "openapi", "info", "servers", "tags", "paths", "components"
    }  # fmt: skip
    assert not unknown
    for section in document["components"].values():
        assert all(re.fullmatch(r"[a-zA-Z0-9._-]+", name) for name in section)
    for path, _, operation in operations_of(document):
        assert path.startswith("/")
        assert operation["responses"]
        for status, answer in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d", status)
            assert "description" in answer or "$ref" in answer
        assert set(operation["tags"]) <= {tag["name"] for tag in document["tags"]}


def test_every_reference_leads_somewhere(document: Json) -> None:
    for reference in set(references_in(document)):
        assert resolve(document, reference)


def test_every_part_of_a_path_is_described_exactly_once(document: Json) -> None:
    shapes = [re.sub(r"\{[^}]*\}", "{}", path) for path in document["paths"]]
    assert len(shapes) == len(set(shapes))
    for path, _, operation in operations_of(document):
        parameters = [
            resolve(document, one["$ref"]) if "$ref" in one else one for one in operation.get("parameters", [])
        ]
        places = [(one["in"], one["name"]) for one in parameters]
        assert len(places) == len(set(places)), path
        named = [name for place, name in places if place == "path"]
        assert sorted(named) == sorted(re.findall(r"\{([^}]*)\}", path)), path
        assert all(one["required"] for one in parameters if one["in"] == "path")


def test_every_operation_has_a_readable_name_of_its_own(document: Json) -> None:
    names = [operation["operationId"] for _, _, operation in operations_of(document)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert "list_sessions" in names


def test_every_operation_says_who_may_call_it(document: Json) -> None:
    schemes = set(document["components"]["securitySchemes"])
    for _, _, operation in operations_of(document):
        assert all(set(way) <= schemes for way in operation["security"])
    assert document["paths"]["/api/v1/auth/me"]["get"]["security"] == [{"staff": []}]
    assert document["paths"]["/health"]["get"]["security"] == []


def test_the_framework_s_own_errors_do_not_show(document: Json) -> None:
    assert "ValidationError" not in json.dumps(document)


def test_every_failure_is_in_the_format_of_the_contract_that_its_prefix_belongs_to(document: Json) -> None:
    for path, _, operation in operations_of(document):
        name, is_page = f"{contract_of(path).name}Error", path.startswith(("/customer", "/account"))
        for answer in operation["responses"].values():
            if "$ref" in answer:
                [(media, content)] = resolve(document, answer["$ref"])["content"].items()
                wanted = {"type": "string"} if is_page else {"$ref": f"#/components/schemas/{name}"}
                assert content["schema"] == wanted
                assert (media == "text/html") is is_page


def test_every_list_is_paged_as_its_contract_says(document: Json) -> None:
    names = {"page", "limit", "per_page", "page_size", "cursor", "offset"}
    for path, _, operation in operations_of(document):
        paging = contract_of(path).paging
        asked = {one["name"] for one in operation.get("parameters", []) if one.get("in") == "query"}
        assert asked & names <= {paging.page, paging.size, paging.cursor}, path


def test_every_answer_stands_in_an_envelope_of_its_contract_or_is_known_to_be_bare(document: Json) -> None:
    used: dict[str, set[frozenset[str]]] = {}
    for path, _, operation in operations_of(document):
        contract = contract_of(path)
        if not contract.envelopes or path in BARE:
            continue
        for schema in answers_of(operation):
            names = frozenset(resolve(document, schema["$ref"])["properties"])
            assert names in fields_of_envelopes(contract), path
            used.setdefault(contract.name, set()).add(names)

    assert used == {contract.name: fields_of_envelopes(contract) for contract in (IPERFORM, MIFUMO, SHARED_USERS)}


def fields_of_envelopes(contract: Contract) -> set[frozenset[str]]:
    return {frozenset(envelope.model_fields) for envelope in contract.envelopes}


def test_every_record_is_called_by_what_its_contract_says(document: Json) -> None:
    kinds = {IdentifierFormat.INTEGER: "integer", IdentifierFormat.UUID: "string"}
    for path, _, operation in operations_of(document):
        bodies = [*answers_of(operation), operation.get("requestBody")]
        for schema in schemas_of(document, bodies).values():
            for name, described in schema.get("properties", {}).items():
                if name == "id" or name.endswith("_id"):
                    types = {one["type"] for one in described.get("anyOf", [described])} - {"null"}
                    assert types == {kinds[contract_of(path).identifiers]}, f"{name} at {path}"


def test_pages_are_listed(document: Json) -> None:
    assert {"GET /docs", "GET /api/v1/docs", "GET /redoc", "GET /rapidoc"} <= set(document["x-herald-pages"])
    assert isinstance(document["x-herald-websockets"], list)


def test_the_same_code_always_gives_the_same_bytes(generated: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.json"
    assert generate("--to", str(again), seed="4242").returncode == 0
    assert again.read_bytes() == generated.read_bytes()


def test_a_document_that_is_out_of_date_is_found_and_the_difference_shown(generated: Path, tmp_path: Path) -> None:
    outdated = tmp_path / "outdated.json"
    outdated.write_text(generated.read_text().replace("Register a new user", "Join"))
    found = generate("--check", "--to", str(outdated))
    assert found.returncode == 1
    assert '-        "summary": "Join"' in found.stdout
    assert "make openapi" in found.stdout
    assert len(found.stdout.splitlines()) < 40


def test_a_document_that_is_what_the_code_says_is_up_to_date(generated: Path) -> None:
    assert compare(generated, generated.read_text()) == 0


def test_a_document_that_was_never_written_is_out_of_date(tmp_path: Path) -> None:
    assert compare(tmp_path / "none.json", "{}") == 1


# What a contract says is what its schema promises

FAILURES: list[HeraldError] = [
    Invalid("Wrong.", fields={"email": "required"}),
    Invalid("Wrong.", fields={"email": "required", "name": "required"}),
    NotFound("Nothing there."),
    RateLimited("Slower.", retry_after=3),
]
ASKED = {"request_id": "1", "timestamp": "2026-01-01T00:00:00.000Z"}
PROBLEMS = [problem_of(failure, **ASKED) for failure in FAILURES] + [internal_problem(**ASKED)]
KINDS: dict[str, type | tuple[type, ...]] = {"object": dict, "string": str, "integer": int, "boolean": bool}


def assert_conforms(value: object, schema: Json) -> None:
    assert isinstance(value, KINDS[schema["type"]])
    assert isinstance(value, HTTPStatus) is False
    if isinstance(value, dict) and "properties" in schema:
        assert set(schema["required"]) <= set(value) <= set(schema["properties"])
        for name, part in value.items():
            assert_conforms(part, schema["properties"][name])


@pytest.mark.parametrize(
    "contract",
    [RESULTFLOW, EVENT_STREAM, PYTAKE, IPERFORM, MIFUMO, SHARED_SIGN_IN, SHARED_USERS],
    ids=lambda contract: contract.name,
)
def test_every_error_conforms_to_the_schema_of_its_contract(contract: Contract) -> None:
    _, schema = Failures(contract, are_pages=False).schema
    for problem in PROBLEMS:
        assert_conforms(contract.format_error(problem), schema)
