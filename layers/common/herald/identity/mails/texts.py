"""What the mails say, also of others: subject and text, with ``{name}``, ``{tenant}`` and ``{link}``."""

import re
from dataclasses import dataclass

from herald.identity.mails.model import MailKind

_LONGEST_NAME = 60
_LEADS_SOMEWHERE = re.compile(r"[/@:]|(?<=\w)\.(?=\w)")


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text to one person."""

    to: str
    subject: str
    text: str


SUBJECT_AND_TEXT_OF: dict[MailKind, tuple[str, str]] = {
    MailKind.VERIFY_EMAIL: (
        "Confirm your e-mail address",
        """Hello {name},

please confirm that this is your e-mail address:
{link}

The link is good for seven days. If you did not sign up, ignore this message.
""",
    ),
    MailKind.RESET_PASSWORD: (
        "Set a new password",
        """Hello {name},

somebody asked to set a new password for your account. If it was you, do it here:
{link}

The link is good for one hour and for one use. If it was not you, ignore this message: nothing has changed.
""",
    ),
    MailKind.PASSWORD_CHANGED: (
        "Your password was changed",
        """Hello {name},

the password of your account was changed just now, and every session was ended. If it was not you, set a new one at
once with “Forgot password”.
""",
    ),
    MailKind.ACCOUNT_LOCKED: (
        "Wrong passwords for your account",
        """Hello {name},

wrong passwords were tried for your account: ten from one place, or a hundred from many. Whoever tries must wait longer
and longer. Where you signed in before, you still can. If it was not you, your password was not found out; choose a
longer one if it is short. If you have to wait yourself, set a new password by “Forgot password”: that ends every wait.
""",
    ),
    MailKind.INVITATION: (
        "You are invited to {tenant}",
        """Hello,

you are invited to work with {tenant}. Accept here:
{link}

The link is good for seven days. If you do not know {tenant}, ignore this message.
""",
    ),
}


def harmless_name(name: str) -> str:
    """A name as it may stand in a mail to somebody else: one short line that leads nowhere.

    Anybody may sign up with another's address and call themselves as they like.
    """
    line = " ".join(name.split())[:_LONGEST_NAME]
    return _LEADS_SOMEWHERE.sub(" ", line)
