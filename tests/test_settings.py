"""What a function is told by its environment."""

from collections.abc import Iterator

import pytest

from herald.errors import Unavailable
from herald.settings import settings


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_a_setting_has_its_own_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGN_IN_REQUESTS_PER_MINUTE", "7")

    assert settings().sign_in_requests_per_minute == 7


def test_a_setting_that_a_function_was_not_given_is_named_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BATCH_MACHINE_ARN", raising=False)

    with pytest.raises(Unavailable, match="BATCH_MACHINE_ARN") as failure:
        _ = settings().batch_machine_arn

    assert failure.value.code == "misconfigured"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGN_IN_REQUESTS_PER_MINUTE", "five"),
        ("SIGN_IN_REQUESTS_PER_MINUTE", "0"),
        ("ACCESS_TOKEN_MINUTES", ""),
        ("ACCESS_TOKEN_MINUTES", "1441"),
    ],
)
def test_a_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(Unavailable, match=name) as failure:
        getattr(settings(), name.lower())

    assert failure.value.code == "misconfigured"
