import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import ModuleType

import pytest
from botocore.exceptions import EndpointConnectionError

from herald.settings import settings
from tests.platform.documentation import ENVIRONMENT, ask, docs_function
from tests.support.dynamodb_answers import answering

PAGES = ("/docs", "/api/v1/docs", "/redoc", "/rapidoc")
LAMBDA_LIMIT = 6 * 1024 * 1024


class Tables:
    """DynamoDB as far as the status looks at it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.reads = 0

    def get_item(self, _request: dict[str, object]) -> dict[str, object]:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return {}


@pytest.fixture(scope="module")
def docs() -> ModuleType:
    return docs_function()


@pytest.fixture
def with_tables(docs: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Tables], Tables]]:
    with ExitStack() as answers:

        def use(tables: Tables) -> Tables:
            for name, value in ENVIRONMENT.items():
                monkeypatch.setenv(name, value)
            settings.cache_clear()
            docs.database_state.cache_clear()
            answers.enter_context(answering("GetItem", tables.get_item))
            return tables

        yield use


def test_the_root_lists_every_operation_of_the_document(docs: ModuleType) -> None:
    welcome = json.loads(ask(docs, "/").text)
    document = json.loads(ask(docs, "/api-docs/openapi.json").text)
    assert welcome["name"] == "Herald"
    assert welcome["version"] == document["info"]["version"]
    listed = {(endpoint["method"], endpoint["path"]) for endpoint in welcome["endpoints"]}
    assert listed == {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert all(endpoint["summary"] for endpoint in welcome["endpoints"])


def test_every_page_the_root_names_is_there(docs: ModuleType) -> None:
    for path in json.loads(ask(docs, "/").text)["documentation"].values():
        assert ask(docs, path).status == 200


def test_health_answers_without_looking_at_any_table(docs: ModuleType, with_tables: Callable[[Tables], Tables]) -> None:
    tables = with_tables(Tables(EndpointConnectionError(endpoint_url="https://dynamodb")))
    answer = ask(docs, "/health")
    assert answer.status == 200
    assert json.loads(answer.text)["status"] == "healthy"
    assert tables.reads == 0


def test_the_status_names_each_component(docs: ModuleType, with_tables: Callable[[Tables], Tables]) -> None:
    with_tables(Tables())
    status = json.loads(ask(docs, "/api/v1/status").text)
    assert status["service"] == "herald"
    assert status["status"] == "operational"
    assert status["components"] == {"api": "operational", "database": "operational"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", status["timestamp"])


def test_a_database_that_does_not_answer_shows_as_degraded(
    docs: ModuleType, with_tables: Callable[[Tables], Tables]
) -> None:
    with_tables(Tables(EndpointConnectionError(endpoint_url="https://dynamodb")))
    answer = ask(docs, "/api/v1/status")
    assert answer.status == 200
    assert json.loads(answer.text)["status"] == "degraded"
    assert json.loads(answer.text)["components"]["database"] == "unavailable"
    assert "dynamodb" not in answer.text


def test_asking_for_the_status_again_does_not_ask_the_database_again(
    docs: ModuleType, with_tables: Callable[[Tables], Tables]
) -> None:
    tables = with_tables(Tables())
    for _ in range(5):
        ask(docs, "/api/v1/status")
    assert tables.reads == 1


def test_a_state_is_looked_at_again_when_it_is_old(docs: ModuleType) -> None:
    now = [0.0]
    states = ["unavailable", "operational"]
    state = docs.watched(lambda: states.pop(0), timer=lambda: now[0])
    assert state() == "unavailable"
    now[0] = docs.CHECK_KEPT_SECONDS - 1
    assert state() == "unavailable"
    now[0] = docs.CHECK_KEPT_SECONDS
    assert state() == "operational"


@pytest.mark.parametrize("path", ["/api-docs/openapi.json", "/api/v1/openapi.json", "/api/v1/openapi.json/"])
def test_the_document_is_served_as_json_to_any_site(docs: ModuleType, path: str) -> None:
    answer = ask(docs, path)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert json.loads(answer.text)["openapi"].startswith("3.1")


def test_the_document_is_compressed_for_whoever_takes_it_so(docs: ModuleType) -> None:
    plain = ask(docs, "/api-docs/openapi.json")
    packed = ask(docs, "/api-docs/openapi.json", {"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.content) < len(plain.content)
    assert packed.text == plain.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_load_from_this_site_alone(docs: ModuleType, path: str) -> None:
    answer = ask(docs, path)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self';" in policy
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", PAGES)
def test_every_file_a_page_names_is_served_and_may_be_kept_for_ever(docs: ModuleType, path: str) -> None:
    page = ask(docs, path).text
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert named
    for address in named:
        answer = ask(docs, address, {"Accept-Encoding": "gzip"})
        assert answer.status == 200, address
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-encoding"] == "gzip"


def test_every_file_fits_an_answer_even_uncompressed(docs: ModuleType) -> None:
    for name in docs.packed_assets():
        answer = ask(docs, f"/docs/assets/{name}")
        assert "content-encoding" not in answer.headers
        assert len(answer.content) * 4 / 3 < LAMBDA_LIMIT


@pytest.mark.parametrize(
    "name", ["app.py", "openapi.json", "..%2Fapp.py", "../app.py", "swagger.html", "swagger-ui.js", "x"]
)
def test_only_what_the_pages_name_can_be_had(docs: ModuleType, name: str) -> None:
    answer = ask(docs, f"/docs/assets/{name}")
    assert answer.status == 404
    assert json.loads(answer.text)["code"] == 404


def test_no_page_needs_a_package_that_only_builds_it() -> None:
    program = (
        "import sys, functions.platform.docs.app; "
        "sys.exit(any(name in sys.modules for name in ('django', 'flask', 'drf_spectacular_sidecar')))"
    )
    environment = ENVIRONMENT | {"PYTHONPATH": "layers/common:."}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == 0
