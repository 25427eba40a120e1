"""Token and admission as a team would write them beside FastAPI: PyJWT, and one conditional write by botocore's client.

The token and the write are those of Herald's side, attribute by attribute.
"""

import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import jwt
from botocore.exceptions import ClientError
from botocore.session import get_session
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from benchmarks.contacts.models import ADMISSIONS_TABLE, SIGNING_KEY

REQUESTS_PER_MINUTE = 100
_WINDOW_SECONDS = 60
_KEPT_SECONDS = 25 * 3600
Credentials = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


@dataclass(frozen=True, slots=True)
class User:
    user_id: str
    tenant_id: str
    role: str
    session_id: str


@cache
def dynamodb_client() -> Any:  # noqa: ANN401 - botocore's clients are made at run time
    return get_session().create_client("dynamodb")


@cache
def _signing_key() -> jwt.PyJWK:
    """The key in the form that spares PyJWT a look at each token for what it may be; Herald does so too."""
    encoded = urlsafe_b64encode(SIGNING_KEY.encode()).rstrip(b"=").decode()
    return jwt.PyJWK({"kty": "oct", "k": encoded, "alg": "HS256"})


def admitted_user(token: str) -> User:
    """Whom a token names, once the request is counted."""
    user = _verified(token)
    if _count(user) > REQUESTS_PER_MINUTE:
        raise HTTPException(429, "Too many requests. Please try again later.")
    return user


def _verified(token: str) -> User:
    try:
        claims = jwt.decode(
            token,
            _signing_key(),
            algorithms=["HS256"],
            audience="herald:staff",
            issuer="herald",
            options={"require": ["sub", "exp", "tenant", "role", "session"]},
        )
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "The access token is not valid; sign in again.") from error
    return User(claims["sub"], claims["tenant"], claims["role"], claims["session"])


def _count(user: User) -> int:
    now = int(time.time())
    window = now - now % _WINDOW_SECONDS
    try:
        answer = dynamodb_client().update_item(
            TableName=ADMISSIONS_TABLE,
            Key={"pk": {"S": f"{user.tenant_id}#user#{user.user_id}"}, "sk": {"S": "admission"}},
            UpdateExpression="ADD #count :one SET expires_at = :end",
            ConditionExpression="#window = :window AND attribute_not_exists(#ended)",
            ExpressionAttributeNames={
                "#count": "count_staff",
                "#window": "window_staff",
                "#ended": f"ended_{user.session_id}",
            },
            ExpressionAttributeValues={
                ":window": {"N": str(window)},
                ":one": {"N": "1"},
                ":end": {"N": str(window + _KEPT_SECONDS)},
            },
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        raise HTTPException(401, "This session has ended; sign in again.") from error
    return int(answer["Attributes"]["count_staff"]["N"])
