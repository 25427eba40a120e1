"""Mifumo's accounts: signing up and in, one's own profile, passwords and the e-mail address."""

from http import HTTPStatus

from herald.http.access import (
    SIGN_IN,
    also_while_closed,
    for_renewals,
    open_to_everyone,
    requires,
    with_a_secret_in_its_answer,
)
from herald.http.composition import compose_api
from herald.http.contracts.mifumo import MIFUMO, Envelope
from herald.http.failures import fails_with
from herald.identity.composition import identity
from herald.identity.permissions import Permission

from .schemas import (
    Address,
    Login,
    Message,
    PasswordChange,
    PasswordReset,
    Profile,
    ProfileChanges,
    SignedInProfile,
    SignUp,
    TokenRefresh,
    Tokens,
    Verification,
)

api = compose_api(MIFUMO)
accounts = identity().accounts
sessions = identity().sessions
recovery = identity().recovery
handler = api.handle


@api.post("/api/auth/register", status_code=201, summary="Register", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def register(registration: SignUp) -> Envelope[SignedInProfile]:
    """A new organisation with this person as its administrator, signed in at once."""
    signed_in = accounts.register(
        email=registration.email,
        password=registration.password,
        name=registration.full_name,
        phone=registration.phone,
        tenant_name=registration.tenant_name,
        origin=api.origin,
    )
    return Envelope[SignedInProfile](status=201, data=SignedInProfile.of(signed_in))


@api.post("/api/auth/login", summary="Sign in", tags=["Authentication"])
@fails_with(HTTPStatus.FORBIDDEN)
@open_to_everyone(limit=SIGN_IN)
def sign_in(credentials: Login) -> Envelope[SignedInProfile]:
    """A session for whoever knows the password."""
    signed_in = accounts.sign_in(login=credentials.email, password=credentials.password, origin=api.origin)
    return Envelope[SignedInProfile](data=SignedInProfile.of(signed_in))


@api.post("/api/auth/token/refresh", summary="Renew a session", tags=["Authentication"])
@for_renewals()
def refresh(request: TokenRefresh) -> Envelope[Tokens]:
    """New tokens for a refresh token that was not used before."""
    return Envelope[Tokens](data=Tokens.of(sessions.renew(request.refresh, count=api.count_session)))


@api.get("/api/auth/profile", summary="One's own profile", tags=["Profile"])
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def get_profile() -> Envelope[Profile]:
    """Who the token says is asking."""
    return Envelope[Profile](data=Profile.of(accounts.current_user(api.caller)))


@api.put("/api/auth/profile", summary="Update one's own profile", tags=["Profile"])
@requires(Permission.OWN_ACCOUNT)
def update_profile(changes: ProfileChanges) -> Envelope[Profile]:
    """Another name or phone number, the same in each of one's organisations."""
    accounts.rename(api.caller, name=changes.name, phone=changes.phone)
    return get_profile()


@api.post("/api/auth/password/change", summary="Change one's password", tags=["Profile"])
@with_a_secret_in_its_answer
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def change_password(change: PasswordChange) -> Envelope[SignedInProfile]:
    """Ends every session, this one too, and gives a new one."""
    user = accounts.current_user(api.caller)
    recovery.change_password(api.caller, old=change.old_password, new=change.new_password, address=api.source_ip)
    return Envelope[SignedInProfile](data=SignedInProfile.of(sessions.open(user, api.origin)))


@api.post("/api/auth/password/reset", summary="Ask for a password reset", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def ask_for_reset(address: Address) -> Envelope[Message]:
    """A mail to whoever has this address; the answer is the same where nobody has it."""
    recovery.ask_for_reset(address.email)
    return _message("If there is such an account, a message is on its way to its e-mail address.")


@api.post("/api/auth/password/reset/confirm", summary="Set a new password", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def reset_password(reset: PasswordReset) -> Envelope[Message]:
    """A new password for whoever got the mail; every session ends."""
    recovery.reset(reset.token, reset.new_password, address=api.source_ip)
    return _message("The new password is set. Sign in with it.")


@api.post("/api/auth/verify-email", summary="Verify an e-mail address", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def verify_email(verification: Verification) -> Envelope[Message]:
    """Confirms the address of whoever got the mail."""
    recovery.verify_email(verification.token)
    return _message("The e-mail address is confirmed.")


@api.post("/api/auth/verify-email/resend", summary="Ask for another verification", tags=["Authentication"])
@open_to_everyone(limit=SIGN_IN)
def ask_for_verification(address: Address) -> Envelope[Message]:
    """A mail to whoever has this address and did not confirm it yet; the answer is the same for everybody."""
    recovery.ask_for_verification(address.email)
    return _message("If this address is still to be confirmed, a message is on its way to it.")


def _message(text: str) -> Envelope[Message]:
    return Envelope[Message](data=Message(message=text))
