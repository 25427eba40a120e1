"""Who signs a request as somebody of AWS: verified here, as the engine believes anybody who names its root key.

On AWS, API Gateway does this for the paths whose authorization is IAM's. Here it is done whatever the path: nobody gets
to the engine under a name that they have not proved.
"""

import hmac
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from starlette.requests import Request

from local.stack.addresses import REGION, ROOT_KEY, ROOT_SECRET

_SERVICE = "execute-api"
_AUTHORIZATION = re.compile(
    rf"AWS4-HMAC-SHA256 Credential={ROOT_KEY}/(?P<day>\d{{8}})/{REGION}/{_SERVICE}/aws4_request,\s*"
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_MOST_APART = timedelta(minutes=5)
_QUERY_NAMES = frozenset({"x-amz-credential", "awsaccesskeyid"})
_SIGNED_AT_LEAST = frozenset({"host", "x-amz-date"})


def names_a_key(request: Request) -> bool:
    """Whether a request says that it comes from somebody of AWS, in its header or its query."""
    in_headers = any(value.lstrip().upper().startswith("AWS") for value in request.headers.getlist("authorization"))
    return in_headers or any(name.lower() in _QUERY_NAMES for name in request.query_params)


async def is_signed(request: Request) -> bool:
    """Whether a request has one good signature (version 4) by the engine's root key, at most 5 minutes old.

    A signature in the query is none here.
    """
    [authorization, *further] = request.headers.getlist("authorization") or [""]
    named = _AUTHORIZATION.fullmatch(authorization)
    if named is None or further or any(name.lower() in _QUERY_NAMES for name in request.query_params):
        return False
    signed = named["headers"].split(";")
    at = _moment(request.headers.get("x-amz-date", ""))
    if at is None or abs(datetime.now(UTC) - at) > _MOST_APART or at.strftime("%Y%m%d") != named["day"]:
        return False
    if not _SIGNED_AT_LEAST.issubset(signed) or any(len(request.headers.getlist(name)) != 1 for name in signed):
        return False
    body = await request.body()
    if request.headers.get("x-amz-content-sha256", sha256(body).hexdigest()) != sha256(body).hexdigest():
        return False
    return hmac.compare_digest(_expected(request, body, signed), named["signature"])


def _expected(request: Request, body: bytes, signed: list[str]) -> str:
    path, query = request.scope["raw_path"].decode("latin-1"), request.scope["query_string"].decode("latin-1")
    given = AWSRequest(
        method=request.method,
        url=f"http://{request.headers['host']}{path}?{query}",
        data=body,
        headers={name: request.headers[name] for name in signed},
    )
    given.context["timestamp"] = request.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(ROOT_KEY, ROOT_SECRET), _SERVICE, REGION)
    signature: str = signer.signature(signer.string_to_sign(given, signer.canonical_request(given)), given)
    return signature


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
