"""How mails are asked for, by functions that write none.

A mail is always asked for, and the worker looks whether there is anybody to write to: so no answer, and not the time
that it takes, tells whether an account exists.
"""

from herald.identity.mails.model import MailKind, MailRequest
from herald.identity.ports import MailQueue
from herald.values.ids import new_id


class MailRequests:
    def __init__(self, queue: MailQueue) -> None:
        self._queue = queue

    def request(self, kind: MailKind, login: str, *, tenant_id: str = "") -> None:
        """Asks for a mail to whoever has this (normal) login, if anybody has."""
        self._queue.send([MailRequest(new_id(), kind, login, tenant_id).to_message()])
