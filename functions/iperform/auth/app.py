"""iPerform's sign-in: with its own credentials, with an extractor's at one company, and out again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from herald.http.access import SIGN_IN, open_to_everyone, requires
from herald.http.composition import compose_api
from herald.http.contracts.iperform import IPERFORM, Envelope
from herald.identity.composition import identity
from herald.identity.permissions import Permission
from herald.identity.sessions.model import Origin, SignedIn
from herald.values.clock import to_text, utc_now

api = compose_api(IPERFORM)
accounts = identity().accounts
sessions = identity().sessions
tenants = identity().tenants
handler = api.handle


class UserCredentials(BaseModel):
    """Who wants to come in; iPerform calls the password encrypted, and means by TLS."""

    model_config = ConfigDict(defer_build=True)

    username: str = Field(max_length=254, description="An e-mail address or a user name.")
    password: str = Field(max_length=256)
    user_agent: str = Field(default="", max_length=500)
    authflow: Literal["jwt"] = "jwt"


class ExtractorCredentials(BaseModel):
    """Who wants to come in, at which company."""

    model_config = ConfigDict(defer_build=True)

    username: str = Field(max_length=254, description="An e-mail address or a user name.")
    password: str = Field(max_length=256)
    company_id: int = Field(ge=1)


class CompanySession(BaseModel):
    """A session: send ``token`` in the Authorization header."""

    model_config = ConfigDict(defer_build=True)

    status: int = 200
    token: str
    user_id: int
    role: str
    company_id: int
    expires_in: int = Field(description="Seconds until the token expires.")
    refresh_token: str

    @classmethod
    def of(cls, signed_in: SignedIn, company_id: int) -> "CompanySession":
        """The view of a session."""
        return cls(
            token=signed_in.access_token,
            user_id=signed_in.user.membership.number,
            role=signed_in.user.role.value,
            company_id=company_id,
            expires_in=signed_in.expires_in,
            refresh_token=signed_in.refresh_token,
        )


@api.post("/api/v1/i_auth", summary="Sign in", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def sign_in(credentials: UserCredentials) -> CompanySession:
    """A session in the company that was worked in last."""
    signed_in = accounts.sign_in(
        login=credentials.username,
        password=credentials.password,
        origin=Origin(api.source_ip, credentials.user_agent),
    )
    return CompanySession.of(signed_in, tenants.number_of(signed_in.user.tenant_id))


@api.post("/api/v1/ex_auth", summary="Sign in at a company", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def sign_in_at_company(credentials: ExtractorCredentials) -> CompanySession:
    """A session in the company that is named."""
    signed_in = accounts.sign_in(
        login=credentials.username,
        password=credentials.password,
        tenant_number=credentials.company_id,
        origin=Origin(api.source_ip, api.header("user-agent")),
    )
    return CompanySession.of(signed_in, tenants.number_of(signed_in.user.tenant_id))


@api.post("/api/v1/logout", summary="Sign out", tags=["Authentication"])
@requires(Permission.OWN_ACCOUNT)
def sign_out() -> Envelope[None]:
    """Ends this session: its tokens are not good any more."""
    sessions.end(api.caller)
    return Envelope[None](message="You are signed out", data=None, timestamp=to_text(utc_now()))
