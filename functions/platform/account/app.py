"""The pages behind the links in our mails: they need no front end and no scripts.

Opening a page changes nothing, as mail programs open links to look at them; its button does.
"""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Form, Query

from herald.errors import Conflict, Forbidden, Invalid, Unauthenticated
from herald.http.access import SIGN_IN, open_to_everyone
from herald.http.answers import html_page
from herald.http.composition import compose_api
from herald.http.contracts.pytake import PYTAKE
from herald.http.problems import Problem
from herald.identity.accounts.model import LONGEST_PASSWORD
from herald.identity.composition import identity
from herald.identity.rate_limits.model import Limit

from .pages import INVITATION, RESET_PASSWORD, VERIFY_EMAIL, show_failure, show_message

_LOOKING = Limit("account_page", 60)
"""Of opening the pages, by address; their buttons have the limit of signing in."""

api = compose_api(PYTAKE)
recovery = identity().recovery
invitations = identity().invitations
handler = api.handle

_ABOUT_TOKEN = "What stands behind `token=` in the link of the mail."
_ABOUT_PASSWORD = "8 to 256 characters; for an invitation, that of the account where there is one."
_ABOUT_NAME = "What somebody new is called; without effect for whoever has an account."
Token = Annotated[str, Query(min_length=1, max_length=100, description=_ABOUT_TOKEN)]
SentToken = Annotated[str, Form(max_length=100, description=_ABOUT_TOKEN)]
SentPassword = Annotated[str, Form(max_length=LONGEST_PASSWORD, description=_ABOUT_PASSWORD)]


@api.get("/account/verify-email", summary="Verify an address: the page", tags=["Account"], responses=html_page("Asks."))
@open_to_everyone(limit=_LOOKING)
def show_verification(token: Token) -> Response[str]:
    """A button that confirms the address."""
    return VERIFY_EMAIL.ask(token)


@api.post(
    "/account/verify-email", summary="Verify an address: the button", tags=["Account"], responses=html_page("Done.")
)
@open_to_everyone(limit=SIGN_IN)
def verify_email(token: SentToken) -> Response[str]:
    """Confirms the address, or says that the link is good no more."""
    try:
        recovery.verify_email(token)
    except Invalid as error:
        return VERIFY_EMAIL.ask_again(token, error)
    return show_message("Thank you", "Your e-mail address is confirmed.")


@api.get(
    "/account/reset-password", summary="Set a new password: the page", tags=["Account"], responses=html_page("Asks.")
)
@open_to_everyone(limit=_LOOKING)
def show_reset(token: Token) -> Response[str]:
    """A form for the new password."""
    return RESET_PASSWORD.ask(token)


@api.post(
    "/account/reset-password", summary="Set a new password: the button", tags=["Account"], responses=html_page("Done.")
)
@open_to_everyone(limit=SIGN_IN)
def reset_password(token: SentToken, password: SentPassword) -> Response[str]:
    """Sets the password, or says what is wrong and asks again."""
    try:
        recovery.reset(token, password, address=api.source_ip)
    except Invalid as error:
        return RESET_PASSWORD.ask_again(token, error)
    return show_message("Your new password is set", "Sign in with it. Every session that was open has ended.")


@api.get(
    "/account/invitation", summary="Join an organisation: the page", tags=["Account"], responses=html_page("Asks.")
)
@open_to_everyone(limit=_LOOKING)
def show_invitation(token: Token) -> Response[str]:
    """A form for the password of an account that there is, or for a new one's."""
    return INVITATION.ask(token)


@api.post(
    "/account/invitation", summary="Join an organisation: the button", tags=["Account"], responses=html_page("Done.")
)
@open_to_everyone(limit=SIGN_IN)
def accept_invitation(
    token: SentToken,
    password: SentPassword,
    name: Annotated[str, Form(max_length=200, description=_ABOUT_NAME)] = "",
) -> Response[str]:
    """Makes a member of whoever got the mail, or says what is wrong and asks again."""
    try:
        invitations.accept(token, name=name, password=password, origin=api.origin)
    except (Invalid, Unauthenticated, Forbidden, Conflict) as error:
        return INVITATION.ask_again(token, error)
    return show_message("Welcome", "You have joined. Sign in with your e-mail address and your password.")


@api.problem_page("/account")
def show_problem(problem: Problem) -> Response[str]:
    """Whatever else goes wrong, as a page."""
    return show_failure("This did not work", problem.message, status=int(problem.status))
