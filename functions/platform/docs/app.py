"""The platform's public pages: the API's document, three ways to read it, and whether Herald is well."""

import gzip
import json
import time
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path as PathParameter
from botocore.exceptions import BotoCoreError, ClientError
from cachetools import TTLCache, cached

from herald.errors import NotFound
from herald.http.access import open_to_everyone
from herald.http.answers import content, html_page
from herald.http.composition import compose_api
from herald.http.contracts.prefixes import EVERY_PATH
from herald.settings import settings
from herald.storage import dynamodb_client
from herald.values.clock import to_text, utc_now

from .schemas import ComponentState, Endpoint, Health, ServiceStatus, Welcome

api = compose_api(EVERY_PATH)
handler = api.handle

BUILT = Path(__file__).parent / "assets"
"""Filled before deployment: the pages, the compressed files they name, and the document."""
SERVICE = "herald"
CHECK_KEPT_SECONDS = 15.0
"""So that whoever asks for the status all day costs the tables nothing."""
KEEP_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
KEEP_A_MINUTE = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Encoding", "Access-Control-Allow-Origin": "*"}
ONLY_FROM_HERE = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # all three set styles on elements as they draw
    "img-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",  # ReDoc searches in a worker
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)
PAGE_HEADERS = {"Cache-Control": "no-cache", "Content-Security-Policy": "; ".join(ONLY_FROM_HERE)}
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
_METHODS = ("get", "post", "put", "patch", "delete")


def look_at_database() -> ComponentState:
    """Whether a row can be read: half a read unit, and the row need not exist."""
    key = {"pk": {"S": "status"}, "sk": {"S": "status"}}
    try:
        dynamodb_client().get_item(TableName=settings().admissions_table, Key=key)
    except (BotoCoreError, ClientError) as error:
        api.note(database=type(error).__name__)
        return "unavailable"
    return "operational"


def watched(
    look: Callable[[], ComponentState], *, timer: Callable[[], float] = time.monotonic
) -> Callable[[], ComponentState]:
    """The state of one component, looked at when asked for, but not again within `CHECK_KEPT_SECONDS`."""
    return cached(TTLCache[object, ComponentState](1, CHECK_KEPT_SECONDS, timer))(look)


database_state = watched(look_at_database)


@api.get("/", summary="API documentation and endpoints list", tags=["Platform"])
@open_to_everyone()
def welcome() -> Welcome:
    """What there is, and where to read about it."""
    described = document()
    return Welcome(
        name=described["info"]["title"],
        version=version(),
        documentation={
            "swagger": "/docs",
            "redoc": "/redoc",
            "rapidoc": "/rapidoc",
            "openapi": "/api-docs/openapi.json",
        },
        endpoints=[
            Endpoint(method=method.upper(), path=path, summary=item[method]["summary"])
            for path, item in described["paths"].items()
            for method in _METHODS
            if method in item
        ],
    )


@api.get("/health", summary="Health check", tags=["Platform"])
@open_to_everyone()
def health() -> Health:
    """Answers as long as functions run at all; looks at nothing else."""
    return Health(service=SERVICE, version=version(), timestamp=to_text(utc_now()))


@api.get("/api/v1/status", summary="Service status", tags=["Platform"])
@open_to_everyone()
def service_status() -> ServiceStatus:
    """Herald's state and its components', at most a quarter of a minute old."""
    components: dict[str, ComponentState] = {"api": "operational", "database": database_state()}
    return ServiceStatus(
        service=SERVICE,
        status="degraded" if "unavailable" in components.values() else "operational",
        version=version(),
        timestamp=to_text(utc_now()),
        components=components,
    )


OPENAPI = content("application/json", "An OpenAPI 3.1 document.", {"type": "object"})


@api.get("/api-docs/openapi.json", summary="OpenAPI", tags=["Documentation"], responses=OPENAPI, compress=True)
@api.get("/api/v1/openapi.json", summary="OpenAPI", tags=["Documentation"], responses=OPENAPI, compress=True)
@open_to_everyone()
def openapi_document() -> Response[str]:
    """Every operation, its models and its errors; any site may read it."""
    return Response(200, "application/json", read("openapi.json"), headers=KEEP_A_MINUTE)


PAGE = html_page("The API's documentation.")


@api.get("/docs", summary="Swagger UI", tags=["Documentation"], responses=PAGE)
@api.get("/api/v1/docs", summary="Swagger UI", tags=["Documentation"], responses=PAGE)
@open_to_everyone()
def swagger_page() -> Response[str]:
    """The documentation to read and to try out."""
    return page("swagger.html")


@api.get("/redoc", summary="ReDoc", tags=["Documentation"], responses=PAGE)
@open_to_everyone()
def redoc_page() -> Response[str]:
    """The documentation to read, in three columns."""
    return page("redoc.html")


@api.get("/rapidoc", summary="RapiDoc", tags=["Documentation"], responses=PAGE)
@open_to_everyone()
def rapidoc_page() -> Response[str]:
    """The documentation to read and to try out, on one page."""
    return page("rapidoc.html")


@api.get(
    "/docs/assets/<name>",
    summary="A script, style or picture of the documentation",
    tags=["Documentation"],
    responses=content("*/*", "The file; its name changes with its content."),
)
@open_to_everyone()
def asset(name: Annotated[str, PathParameter(description="As a page of the documentation names it.")]) -> Response[str]:
    """A file that the pages name; browsers may keep it for ever."""
    packed = packed_assets().get(name)
    if packed is None:
        raise NotFound(f"There is no asset {name}.")
    media_type = MEDIA_TYPES[packed.with_suffix("").suffix]
    body = packed.read_bytes()
    if "gzip" in api.header("accept-encoding"):
        return binary(media_type, body, {**KEEP_FOR_EVER, "Content-Encoding": "gzip"})
    return binary(media_type, gzip.decompress(body), KEEP_FOR_EVER)


def binary(media_type: str, body: bytes, headers: dict[str, str]) -> Response[str]:
    """Bytes as Lambda wants them; encoded here, because bytes do not pass the check of an answer against its type."""
    answer = Response(200, media_type, b64encode(body).decode(), headers=headers)
    answer.base64_encoded = True
    return answer


def page(name: str) -> Response[str]:
    """A page that may load from this site alone."""
    return Response(200, "text/html; charset=utf-8", read(name), headers=PAGE_HEADERS)


@cache
def read(name: str) -> str:
    """A text out of the built folder."""
    return (BUILT / name).read_text(encoding="utf-8")


@cache
def packed_assets() -> dict[str, Path]:
    """The compressed files by the names the pages give them: nothing else can be asked for."""
    return {path.stem: path for path in BUILT.glob("*.gz")}


@cache
def document() -> dict[str, Any]:
    """The API's document."""
    described: dict[str, Any] = json.loads(read("openapi.json"))
    return described


def version() -> str:
    """Of the product, as its document says."""
    return str(document()["info"]["version"])
