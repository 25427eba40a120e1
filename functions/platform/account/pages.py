"""The pages themselves: forms that work without scripts, and what is said afterwards."""

from dataclasses import dataclass
from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from herald.errors import HeraldError
from herald.http.html import HtmlTemplates
from herald.identity.accounts.model import LONGEST_PASSWORD, SHORTEST_PASSWORD

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
_templates = HtmlTemplates(Path(__file__).parent / "templates")


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page with a form that is sent with the token of a mail."""

    template: str
    action: str
    title: str
    button: str

    def ask(self, token: str) -> Response[str]:
        """The form."""
        return self._show(token, "", status=200)

    def ask_again(self, token: str, error: HeraldError) -> Response[str]:
        """What was wrong, and the form where its token may still be good."""
        return self._show("" if "token" in error.fields else token, error.message, status=400)

    def _show(self, token: str, alert: str, *, status: int) -> Response[str]:
        return _page(
            self.template,
            self.title,
            alert,
            status=status,
            token=token,
            action=self.action,
            button=self.button,
            shortest_password=SHORTEST_PASSWORD,
            longest_password=LONGEST_PASSWORD,
        )


VERIFY_EMAIL = FormPage("form.html", "/account/verify-email", "Confirm your e-mail address", "Confirm")
RESET_PASSWORD = FormPage("reset_password.html", "/account/reset-password", "Set a new password", "Set the password")
INVITATION = FormPage("invitation.html", "/account/invitation", "Join", "Join")


def show_message(title: str, sentence: str) -> Response[str]:
    """A page that says one thing."""
    return _page("message.html", title, "", sentence=sentence)


def show_failure(title: str, alert: str, *, status: int) -> Response[str]:
    """A page that says what went wrong."""
    return _page("page.html", title, alert, status=status)


def _page(template: str, title: str, alert: str, *, status: int = 200, **values: object) -> Response[str]:
    return Response(
        status_code=status,
        content_type="text/html; charset=utf-8",
        body=_templates.render(template, title=title, alert=alert, **values),
        headers=dict(_HEADERS),
    )
