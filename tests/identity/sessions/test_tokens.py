import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.errors import Unauthenticated
from herald.identity.model import Principal, Recipient, Role
from herald.identity.sessions.tokens import LONGEST_TOKEN, RECIPIENT_AUDIENCE, STAFF_AUDIENCE, AccessTokens
from tests.support.clock import FakeClock
from tests.support.cloud import SIGNING_KEY
from tests.support.people import visitor

KEY = "a signing key for tests, long enough for HS256"
PRINCIPAL = Principal(user_id="user-1", tenant_id="tenant-1", role=Role.AGENT, session_id="session-1")
RECIPIENT = Recipient(tenant_id="tenant-1", report_id="report-1", link_id="link-1")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def tokens(clock: FakeClock) -> AccessTokens:
    return AccessTokens(lambda: {"signing_key": KEY}, clock=clock)


def staff_claims(clock: FakeClock, **changed: Any) -> dict[str, Any]:
    now = int(clock().timestamp())
    claims = {
        "iss": "herald",
        "aud": STAFF_AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "sub": "user-1",
        "tenant": "tenant-1",
        "role": "AGENT",
        "session": "session-1",
    }
    return {name: value for name, value in (claims | changed).items() if value is not None}


def signed(claims: object, key: str) -> str:
    """A token of any claims, also of those that PyJWT makes none of."""
    return jwt.PyJWS().encode(json.dumps(claims).encode(), key, algorithm="HS256")


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_staff_token_names_its_user(tokens: AccessTokens) -> None:
    assert tokens.verify_staff(tokens.issue_to_staff(PRINCIPAL)) == PRINCIPAL


def test_a_recipients_token_opens_their_report(tokens: AccessTokens, clock: FakeClock) -> None:
    token = tokens.issue_to_recipient(RECIPIENT, expires_at=clock() + timedelta(hours=1))

    assert tokens.verify_recipient(token) == RECIPIENT


def test_neither_kind_of_token_is_taken_for_the_other(tokens: AccessTokens, clock: FakeClock) -> None:
    with pytest.raises(Unauthenticated):
        tokens.verify_recipient(tokens.issue_to_staff(PRINCIPAL))
    with pytest.raises(Unauthenticated):
        tokens.verify_staff(tokens.issue_to_recipient(RECIPIENT, expires_at=clock() + timedelta(hours=1)))


def test_a_token_lives_for_a_day_and_not_a_second_longer(tokens: AccessTokens, clock: FakeClock) -> None:
    token = tokens.issue_to_staff(PRINCIPAL)
    clock.advance(24 * 3600 - 1)
    assert tokens.verify_staff(token) == PRINCIPAL

    clock.advance(1)

    with pytest.raises(Unauthenticated) as refusal:
        tokens.verify_staff(token)
    assert refusal.value.code == "token_expired"


def test_a_recipients_token_ends_when_its_link_does(tokens: AccessTokens, clock: FakeClock) -> None:
    token = tokens.issue_to_recipient(RECIPIENT, expires_at=clock() + timedelta(seconds=30))
    clock.advance(30)

    with pytest.raises(Unauthenticated) as refusal:
        tokens.verify_recipient(token)
    assert refusal.value.code == "token_expired"


def test_an_expired_token_of_somebody_else_is_not_called_expired(clock: FakeClock, tokens: AccessTokens) -> None:
    forged = jwt.encode(staff_claims(clock, exp=1), "another signing key that is long enough", algorithm="HS256")

    with pytest.raises(Unauthenticated) as refusal:
        tokens.verify_staff(forged)
    assert refusal.value.code == "auth_required"


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(min_value=10**13) | st.integers(max_value=-1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(name=st.sampled_from(["exp", "iat", "iss", "aud", "nbf", "jti"]), value=ODD)
def test_a_signed_claim_of_another_kind_is_not_ours_or_does_not_matter(name: str, value: object) -> None:
    clock = FakeClock()
    token = signed(staff_claims(clock) | {name: value}, KEY)

    try:
        principal = AccessTokens(lambda: {"signing_key": KEY}, clock=clock).verify_staff(token)
    except Unauthenticated as refusal:
        assert refusal.code == "auth_required"  # noqa: PT017 - most values are refused, some mean nothing to us
    else:
        assert name not in {"exp", "iss", "aud"}
        assert principal == PRINCIPAL


@given(name=st.sampled_from(["sub", "tenant", "role", "session"]), value=ODD.filter(lambda value: value != "AGENT"))
def test_a_signed_name_that_is_no_text_is_not_ours(name: str, value: object) -> None:
    clock = FakeClock()
    token = signed(staff_claims(clock) | {name: value}, KEY)
    tokens = AccessTokens(lambda: {"signing_key": KEY}, clock=clock)

    if isinstance(value, str) and name != "role":
        tokens.verify_staff(token)
    else:
        with pytest.raises(Unauthenticated):
            tokens.verify_staff(token)


@pytest.mark.parametrize("end", ["soon", "99999999999", [1], float("nan"), float("inf"), 10**30, -1, True, None, 1.5])
def test_an_end_that_is_no_moment_is_answered_as_a_bad_token(cloud: None, end: object) -> None:
    claims = {"iss": "herald", "aud": STAFF_AUDIENCE, "sub": "u", "tenant": "t", "role": "ADMIN", "session": "s"}
    token = signed(claims | {"exp": end}, SIGNING_KEY)

    answer = visitor("platform/auth").with_token(token).get("/api/v1/auth/me")

    assert (answer.status, answer.body["error"]["code"]) == (401, "auth_required")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": RECIPIENT_AUDIENCE},
        {"aud": "herald"},
        {"aud": None},
        {"iss": "somebody"},
        {"iss": None},
        {"exp": None},
        {"sub": None},
        {"tenant": None},
        {"role": None},
        {"session": None},
    ],
    ids=str,
)
def test_a_token_with_other_claims_is_refused(changed: dict[str, Any], clock: FakeClock, tokens: AccessTokens) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        tokens.verify_staff(jwt.encode(staff_claims(clock, **changed), KEY, algorithm="HS256"))

    assert refusal.value.code == "auth_required"


def test_the_same_claims_unchanged_are_accepted(clock: FakeClock, tokens: AccessTokens) -> None:
    assert tokens.verify_staff(jwt.encode(staff_claims(clock), KEY, algorithm="HS256")) == PRINCIPAL


def test_a_role_that_is_no_more_signs_nobody_in(clock: FakeClock, tokens: AccessTokens) -> None:
    with pytest.raises(Unauthenticated):
        tokens.verify_staff(jwt.encode(staff_claims(clock, role="EMPEROR"), KEY, algorithm="HS256"))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_even_with_our_key(algorithm: str, clock: FakeClock) -> None:
    key = KEY * 2
    tokens = AccessTokens(lambda: {"signing_key": key}, clock=clock)
    with pytest.raises(Unauthenticated):
        tokens.verify_staff(jwt.encode(staff_claims(clock), key, algorithm=algorithm))


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE"])
@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_an_unsigned_token_is_refused(algorithm: str, signature: str, clock: FakeClock, tokens: AccessTokens) -> None:
    token = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(staff_claims(clock))}.{signature}"

    with pytest.raises(Unauthenticated):
        tokens.verify_staff(token)


def test_a_token_with_edited_claims_is_refused(clock: FakeClock, tokens: AccessTokens) -> None:
    header, _, signature = tokens.issue_to_staff(PRINCIPAL).split(".")

    with pytest.raises(Unauthenticated):
        tokens.verify_staff(f"{header}.{part(staff_claims(clock, role='ADMIN'))}.{signature}")


@given(st.data())
def test_a_token_with_any_one_letter_changed_never_names_somebody_else(data: st.DataObject) -> None:
    clock = FakeClock()
    tokens = AccessTokens(lambda: {"signing_key": KEY}, clock=clock)
    token = tokens.issue_to_staff(PRINCIPAL)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_."))

    try:
        principal = tokens.verify_staff(token[:place] + letter + token[place + 1 :])
    except Unauthenticated:
        return

    assert principal == PRINCIPAL  # the last letter of a signature has bits that mean nothing


def test_a_token_longer_than_ours_is_refused_before_it_is_read() -> None:
    def never() -> dict[str, str]:
        raise AssertionError("the key was asked for")

    with pytest.raises(Unauthenticated):
        AccessTokens(never).verify_staff("a" * (LONGEST_TOKEN + 1))


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "é.é.é",
        part([]) + "." + part({}) + ".AAAA",
        part({"alg": ["HS256"]}) + "." + part({}) + ".AAAA",
        part({"alg": "HS256", "crit": ["x"]}) + "." + part({}) + ".AAAA",
        base64.urlsafe_b64encode(b"[" * 1_500).decode() + ".e30.AAAA",
    ],
)
def test_what_is_no_token_is_refused_as_unauthenticated(token: str, tokens: AccessTokens) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        tokens.verify_staff(token)

    assert refusal.value.code == "auth_required"


@given(st.text(max_size=200))
def test_no_text_makes_verification_fail_in_another_way(text: str) -> None:
    with pytest.raises(Unauthenticated):
        AccessTokens(lambda: {"signing_key": KEY}).verify_staff(text)


def test_a_new_key_signs_and_the_old_ones_tokens_stay_good(clock: FakeClock) -> None:
    secret = {"signing_key": KEY}
    tokens = AccessTokens(lambda: secret, clock=clock)
    old = tokens.issue_to_staff(PRINCIPAL)

    secret |= {"signing_key_2": "the second signing key, long enough for HS256", "current": "signing_key_2"}
    new = tokens.issue_to_staff(PRINCIPAL)

    assert jwt.get_unverified_header(new)["kid"] == "signing_key_2"
    assert tokens.verify_staff(old) == tokens.verify_staff(new) == PRINCIPAL
    del secret["signing_key"]
    with pytest.raises(Unauthenticated):
        tokens.verify_staff(old)
    assert tokens.verify_staff(new) == PRINCIPAL


def test_a_token_that_was_good_is_refused_once_its_key_is_taken_away_or_replaced(clock: FakeClock) -> None:
    keys = {"signing_key": KEY}
    tokens = AccessTokens(lambda: keys, clock=clock)
    token = tokens.issue_to_staff(PRINCIPAL)
    assert tokens.verify_staff(token) == PRINCIPAL

    for changed in ({"signing_key_2": KEY}, {"signing_key": "another key, as long as the one before it"}):
        keys = changed
        with pytest.raises(Unauthenticated, match="not valid"):
            tokens.verify_staff(token)


@pytest.mark.parametrize("name", ["current", "signing_key_9", "../signing_key", "", 7, None, ["signing_key"]])
def test_a_token_that_names_no_key_of_ours_is_refused(name: object, clock: FakeClock) -> None:
    secret = {"signing_key": KEY, "current": "signing_key"}
    header = part({"alg": "HS256", "typ": "JWT", "kid": name})
    _, claims, signature = jwt.encode(staff_claims(clock), KEY, algorithm="HS256").split(".")

    with pytest.raises(Unauthenticated):
        AccessTokens(lambda: secret, clock=clock).verify_staff(f"{header}.{claims}.{signature}")


def test_an_installation_may_give_tokens_a_shorter_life(clock: FakeClock) -> None:
    tokens = AccessTokens(lambda: {"signing_key": KEY}, lifetime=timedelta(minutes=15), clock=clock)
    token = tokens.issue_to_staff(PRINCIPAL)
    clock.advance(15 * 60)

    with pytest.raises(Unauthenticated) as refusal:
        tokens.verify_staff(token)
    assert refusal.value.code == "token_expired"


def test_only_keys_sign_whatever_else_the_secret_holds(clock: FakeClock) -> None:
    note = "another text in the same secret, as long as a key"
    token = jwt.encode(staff_claims(clock), note, algorithm="HS256", headers={"kid": "note"})

    with pytest.raises(Unauthenticated):
        AccessTokens(lambda: {"signing_key": KEY, "note": note}, clock=clock).verify_staff(token)
