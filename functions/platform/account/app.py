"""The pages behind the links in our mails: they need no front end and no scripts.

Opening a page changes nothing, as mail programs open links to look at them; its button does.
"""

from html import escape
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Form, Query

from herald.errors import Conflict, Invalid, Unauthenticated
from herald.http.access import SIGN_IN, open_to_everyone
from herald.http.answers import html_page
from herald.http.composition import compose_api
from herald.http.contracts.pytake import PYTAKE
from herald.http.problems import Problem
from herald.identity.accounts.model import LONGEST_PASSWORD, SHORTEST_PASSWORD
from herald.identity.admissions.model import Limit
from herald.identity.composition import identity
from herald.identity.sessions.model import Origin

_LOOKING = Limit("account_page", 60)
"""Of opening the pages, by address; their buttons have the limit of signing in."""
_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

api = compose_api(PYTAKE)
recovery = identity().recovery
invitations = identity().invitations
handler = api.handle

Token = Annotated[str, Query(min_length=1, max_length=100)]
SentToken = Annotated[str, Form(max_length=100)]
SentPassword = Annotated[str, Form(max_length=LONGEST_PASSWORD)]


@api.get("/account/verify-email", summary="Verify an address: the page", tags=["Account"], responses=html_page("Asks."))
@open_to_everyone(limit=_LOOKING)
def show_verification(token: Token) -> Response[str]:
    """A button that confirms the address."""
    return _page("Confirm your e-mail address", _form("/account/verify-email", token, "", "Confirm"))


@api.post(
    "/account/verify-email", summary="Verify an address: the button", tags=["Account"], responses=html_page("Done.")
)
@open_to_everyone(limit=SIGN_IN)
def verify_email(token: SentToken) -> Response[str]:
    """Confirms the address, or says that the link is good no more."""
    try:
        recovery.verify_email(token)
    except Invalid as error:
        return _page("Confirm your e-mail address", _notice(error.message), status=400)
    return _page("Thank you", "<p>Your e-mail address is confirmed.</p>")


@api.get(
    "/account/reset-password", summary="Set a new password: the page", tags=["Account"], responses=html_page("Asks.")
)
@open_to_everyone(limit=_LOOKING)
def show_reset(token: Token) -> Response[str]:
    """A form for the new password."""
    return _page("Set a new password", _form("/account/reset-password", token, _PASSWORD, "Set the password"))


@api.post(
    "/account/reset-password", summary="Set a new password: the button", tags=["Account"], responses=html_page("Done.")
)
@open_to_everyone(limit=SIGN_IN)
def reset_password(token: SentToken, password: SentPassword) -> Response[str]:
    """Sets the password, or says what is wrong and asks again."""
    try:
        recovery.reset(token, password, address=api.source_ip)
    except Invalid as error:
        again = (
            "" if "token" in error.fields else _form("/account/reset-password", token, _PASSWORD, "Set the password")
        )
        return _page("Set a new password", _notice(error.message) + again, status=400)
    return _page("Your new password is set", "<p>Sign in with it. Every session that was open has ended.</p>")


@api.get(
    "/account/invitation", summary="Join an organisation: the page", tags=["Account"], responses=html_page("Asks.")
)
@open_to_everyone(limit=_LOOKING)
def show_invitation(token: Token) -> Response[str]:
    """A form for the password of an account that there is, or for a new one's."""
    return _page("Join", _form("/account/invitation", token, _NEWCOMER, "Join"))


@api.post(
    "/account/invitation", summary="Join an organisation: the button", tags=["Account"], responses=html_page("Done.")
)
@open_to_everyone(limit=SIGN_IN)
def accept_invitation(
    token: SentToken, password: SentPassword, name: Annotated[str, Form(max_length=200)] = ""
) -> Response[str]:
    """Makes a member of whoever got the mail, or says what is wrong and asks again."""
    try:
        invitations.accept(token, name=name, password=password, origin=Origin(api.source_ip, api.header("user-agent")))
    except (Invalid, Unauthenticated, Conflict) as error:
        again = "" if "token" in error.fields else _form("/account/invitation", token, _NEWCOMER, "Join")
        return _page("Join", _notice(error.message) + again, status=400)
    return _page("Welcome", "<p>You have joined. Sign in with your e-mail address and your password.</p>")


@api.problem_page("/account")
def show_problem(problem: Problem) -> Response[str]:
    """Whatever else goes wrong, as a page."""
    return _page("This did not work", _notice(problem.message), status=int(problem.status))


def _form(action: str, token: str, fields: str, button: str) -> str:
    return (
        f'<form method="post" action="{action}"><input type="hidden" name="token" value="{escape(token)}">'
        f"{fields}<button>{button}</button></form>"
    )


def _notice(text: str) -> str:
    return f'<p role="alert">{escape(text)}</p>'


def _page(title: str, body: str, *, status: int = 200) -> Response[str]:
    return Response(
        status_code=status,
        content_type="text/html; charset=utf-8",
        body=_HTML.format(title=escape(title), body=body),
        headers=dict(_PAGE_HEADERS),
    )


_PASSWORD = (
    '<label for="password">New password</label><input id="password" name="password" type="password"'
    f' autocomplete="new-password" minlength="{SHORTEST_PASSWORD}" maxlength="{LONGEST_PASSWORD}" required autofocus>'
)
_NEWCOMER = (
    "<p>If you have an account with this e-mail address, write its password; if not, say your name and choose one.</p>"
    '<label for="name">Name</label><input id="name" name="name" maxlength="200" autocomplete="name" autofocus>'
    '<label for="password">Password</label><input id="password" name="password" type="password"'
    f' maxlength="{LONGEST_PASSWORD}" required>'
)
_HTML = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:24rem;margin:15vh auto;padding:0 1rem;color:#1b2733}}
label,input,button{{display:block;width:100%;box-sizing:border-box;font:inherit}}
input,button{{padding:.7rem;border:1px solid #8796a5;border-radius:.5rem;margin:.3rem 0 1rem}}
button{{background:#0b5cad;color:#fff;border:0}}
[role=alert]{{background:#fdecea;border-left:4px solid #b3261e;padding:.7rem}}
</style>
<main>
<h1>{title}</h1>
{body}
</main>
</html>
"""
