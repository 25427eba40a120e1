from typing import Any, NoReturn

import pytest

from herald.errors import NotFound
from herald.invocations import logged_invocation
from herald.settings import settings
from tests.http.conftest import ADMIN, Shop, Surprise
from tests.support.log import ReadLog

ORDER = "/api/v1/admin/orders/7"


def failing(error: Exception) -> NoReturn:
    raise error


def only_line(read_log: ReadLog) -> dict[str, Any]:
    [line] = read_log()
    return line


def test_a_request_leaves_one_line_that_says_who_what_and_how_long(shop: Shop, read_log: ReadLog) -> None:
    shop.admin.get(ORDER)

    line = only_line(read_log)
    assert line["request_id"] == "request-1"
    assert line["tenant"] == ADMIN.tenant_id
    assert line["outcome"] == "200"
    assert line["duration_ms"] >= 0
    assert (line["method"], line["path"]) == ("GET", ORDER)


def test_the_line_names_its_function(shop: Shop, read_log: ReadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "herald-ResultflowBatchesFunction-1A2B")
    settings.cache_clear()

    shop.admin.get(ORDER)

    assert only_line(read_log)["function"] == "herald-ResultflowBatchesFunction-1A2B"


@pytest.mark.parametrize(
    ("path", "outcome"), [("/nothing", "404"), (ORDER, "401"), ("/health", "200"), ("/api/v1/status", "401")]
)
def test_a_strangers_request_leaves_one_line_as_well(path: str, outcome: str, shop: Shop, read_log: ReadLog) -> None:
    shop.stranger.get(path)

    line = only_line(read_log)
    assert (line["outcome"], line["tenant"]) == (outcome, "")


def test_the_line_of_a_fault_tells_its_story(shop: Shop, read_log: ReadLog) -> None:
    shop.on_order = lambda: failing(RuntimeError("the reason"))

    shop.admin.get(ORDER)

    line = only_line(read_log)
    assert (line["outcome"], line["fault"]) == ("500", "RuntimeError")
    assert "the reason" in line["stack"]
    assert "in failing" in line["stack"]


def test_a_fault_that_the_domain_did_not_foresee_tells_its_story_as_well(shop: Shop, read_log: ReadLog) -> None:
    shop.on_order = lambda: failing(Surprise("the reason"))

    shop.admin.get(ORDER)

    line = only_line(read_log)
    assert line["fault"] == "Surprise"
    assert "the reason" in line["stack"]


def test_the_story_hides_phone_numbers_tokens_and_passwords(shop: Shop, read_log: ReadLog) -> None:
    token = shop.tokens.issue_to_staff(ADMIN)
    shop.on_order = lambda: failing(
        RuntimeError(f"to +14155551234 with {token} at https://x/?token=abc123&a=1 password=hunter2 signature=f00")
    )

    shop.admin.get(ORDER)

    line = str(read_log())
    for secret in ("+14155551234", "4155551234", token, "abc123", "hunter2", "f00"):
        assert secret not in line
    assert "+1415*****34" in line


@pytest.mark.parametrize("name", ["token", "access_token", "refresh_token", "auth_token", "password", "client_secret"])
def test_secrets_are_hidden_whatever_goes_before_their_name(name: str, shop: Shop, read_log: ReadLog) -> None:
    shop.on_order = lambda: shop.api.note(sent=f'{{"{name}": "hunter2"}}', asked=f"?{name}=hunter2&a=1")
    shop.admin.get(ORDER)

    assert "hunter2" not in str(read_log())


def test_facts_that_a_handler_notes_stand_in_the_line_and_are_masked(shop: Shop, read_log: ReadLog) -> None:
    shop.on_order = lambda: shop.api.note(batch="b1", rows=12, receiver="+14155551234")

    shop.admin.get(ORDER)

    line = only_line(read_log)
    assert (line["batch"], line["rows"], line["receiver"]) == ("b1", 12, "+1415*****34")


def test_facts_of_one_request_do_not_stay_for_the_next(shop: Shop, read_log: ReadLog) -> None:
    shop.on_order = lambda: shop.api.note(batch="b1")
    shop.admin.get(ORDER)
    shop.on_order = lambda: None

    shop.stranger.get("/health")

    first, second = read_log()
    assert first["batch"] == "b1"
    assert "batch" not in second
    assert second["tenant"] == ""


def test_a_phone_number_in_the_path_is_masked(shop: Shop, read_log: ReadLog) -> None:
    shop.stranger.get("/api/v1/users/+14155551234")

    assert only_line(read_log)["path"] == "/api/v1/users/+1415*****34"


def test_an_expected_refusal_tells_no_story(shop: Shop, read_log: ReadLog) -> None:
    shop.on_order = lambda: failing(NotFound("There is no such order."))

    shop.admin.get(ORDER)

    line = only_line(read_log)
    assert line["outcome"] == "404"
    assert "stack" not in line


def test_facts_are_masked_however_deep(shop: Shop, read_log: ReadLog) -> None:
    shop.on_order = lambda: shop.api.note(receivers=["+14155551234"], sent={"to": "+14155551234", "token": "token=abc"})
    shop.admin.get(ORDER)

    assert "4155551234" not in str(only_line(read_log))


def test_a_workers_failure_is_masked_as_well(read_log: ReadLog) -> None:
    with pytest.raises(ValueError, match="cannot text"), logged_invocation("r"):
        raise ValueError('cannot text +14155551234 with {"password": "hunter2"} and Bearer sk_live_1')

    line = str(only_line(read_log))
    assert not [secret for secret in ("4155551234", "hunter2", "sk_live_1") if secret in line]


@pytest.mark.parametrize("name", ["name", "message", "filename", "module", "args", "level"])
def test_any_name_will_do_for_a_fact(name: str, shop: Shop, read_log: ReadLog) -> None:
    shop.on_order = lambda: shop.api.note(**{name: "x"})

    assert shop.admin.get(ORDER).status == 200
    line = only_line(read_log)
    assert (line["message"], line["level"]) == ("invocation", "INFO")
