"""iPerform's sign-in: with its own credentials, with an extractor's at one company, and out again."""

from http import HTTPStatus

from herald.http.access import SIGN_IN, also_while_closed, open_to_everyone, requires
from herald.http.composition import compose_api
from herald.http.contracts.iperform import IPERFORM, Envelope
from herald.http.failures import fails_with
from herald.identity.composition import identity
from herald.identity.permissions import Permission
from herald.identity.sessions.model import Origin, SignedIn
from herald.values.clock import to_text, utc_now

from .schemas import CompanySession, ExtractorCredentials, UserCredentials

api = compose_api(IPERFORM)
accounts = identity().accounts
sessions = identity().sessions
tenants = identity().tenants
handler = api.handle


@api.post("/api/v1/i_auth", summary="Sign in", tags=["Authentication"])
@fails_with(HTTPStatus.FORBIDDEN)
@open_to_everyone(limit=SIGN_IN)
def sign_in(credentials: UserCredentials) -> CompanySession:
    """A session in the company that was worked in last."""
    signed_in = accounts.sign_in(
        login=credentials.username,
        password=credentials.password,
        origin=Origin(api.source_ip, credentials.user_agent),
    )
    return _session_of(signed_in)


@api.post("/api/v1/ex_auth", summary="Sign in at a company", tags=["Authentication"])
@fails_with(HTTPStatus.FORBIDDEN)
@open_to_everyone(limit=SIGN_IN)
def sign_in_at_company(credentials: ExtractorCredentials) -> CompanySession:
    """A session in the company that is named."""
    signed_in = accounts.sign_in(
        login=credentials.username,
        password=credentials.password,
        tenant_number=credentials.company_id,
        origin=api.origin,
    )
    return _session_of(signed_in)


@api.post("/api/v1/logout", summary="Sign out", tags=["Authentication"])
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def sign_out() -> Envelope[None]:
    """Ends this session: its tokens are not good any more."""
    sessions.end(api.caller)
    return Envelope[None](message="You are signed out", data=None, timestamp=to_text(utc_now()))


def _session_of(signed_in: SignedIn) -> CompanySession:
    return CompanySession.of(signed_in, company_id=tenants.number_of(signed_in.user.tenant_id))
