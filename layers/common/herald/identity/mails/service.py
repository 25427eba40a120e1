"""The mails of identity, written by a worker: it looks whether there is anybody to write to."""

from dataclasses import replace

from herald.identity.accounts.model import Person
from herald.identity.accounts.store import PersonStore
from herald.identity.mails.model import MailKind, MailRequest
from herald.identity.mails.recent import ANYBODY_CAN_CAUSE
from herald.identity.mails.store import SentMailStore
from herald.identity.mails.texts import SUBJECT_AND_TEXT_OF, Mail, harmless_name
from herald.identity.one_time_tokens.model import Purpose, password_fingerprint
from herald.identity.one_time_tokens.service import OneTimeTokens
from herald.identity.ports import Mailer
from herald.identity.tenants.model import TenantState
from herald.identity.tenants.store import TenantStore
from herald.values.clock import Clock, utc_now

_PURPOSE_OF = {MailKind.VERIFY_EMAIL: Purpose.VERIFY_EMAIL, MailKind.RESET_PASSWORD: Purpose.RESET_PASSWORD}


class Mailing:
    def __init__(
        self,
        people: PersonStore,
        tenants: TenantStore,
        tokens: OneTimeTokens,
        mailer: Mailer,
        sent: SentMailStore,
        *,
        public_url: str,
        clock: Clock = utc_now,
    ) -> None:
        self._people = people
        self._tenants = tenants
        self._tokens = tokens
        self._mailer = mailer
        self._sent = sent
        self._public_url = public_url
        self._clock = clock

    def write(self, request: MailRequest) -> bool:
        """Writes one mail; False where it went out before, or there is nobody to write to, or they got too many.

        A worker that dies between sending and remembering sends it again: a second mail is better than none.
        """
        if self._sent.was_sent(request.mail_id):
            return False
        mail = self._mail(request)
        if mail is not None:
            self._mailer.send(to=mail.to, subject=mail.subject, text=mail.text)
        self._sent.remember(request.mail_id)
        return mail is not None

    def _mail(self, request: MailRequest) -> Mail | None:
        provisional = self._provisional_of(request.login) if request.kind is MailKind.RESET_PASSWORD else None
        if provisional is not None:
            # Whoever has the address has no password yet: they choose one where they were invited to.
            email, tenant_id = provisional.email, provisional.home_tenant_id
            request = replace(request, kind=MailKind.INVITATION, login=email, tenant_id=tenant_id)
        return self._invitation(request) if request.kind is MailKind.INVITATION else self._mail_to_owner(request)

    def _provisional_of(self, login: str) -> Person | None:
        person = self._people.find_by_login(login)
        if person is not None:
            return person if person.provisional else None
        return next(iter(self._people.provisional_of(login)), None)

    def _mail_to_owner(self, request: MailRequest) -> Mail | None:
        person = self._people.find_by_login(request.login)
        if person is None or person.provisional or (request.kind is MailKind.VERIFY_EMAIL and person.is_verified):
            return None
        if not self._let_out(request, person.email):
            return None
        subject, text = SUBJECT_AND_TEXT_OF[request.kind]
        link = self._link(_PURPOSE_OF[request.kind], person) if request.kind in _PURPOSE_OF else ""
        return Mail(person.email, subject, text.format(name=harmless_name(person.name), link=link))

    def _link(self, purpose: Purpose, person: Person) -> str:
        fingerprint = password_fingerprint(person) if purpose is Purpose.RESET_PASSWORD else ""
        token = self._tokens.issue(purpose, email=person.email, person_id=person.person_id, fingerprint=fingerprint)
        return f"{self._public_url}/account/{purpose.value.replace('_', '-')}?token={token}"

    def _let_out(self, request: MailRequest, address: str) -> bool:
        if request.kind not in ANYBODY_CAN_CAUSE:
            return True
        return self._sent.let_out(request.mail_id, request.kind, address, now=self._clock())

    def _invitation(self, request: MailRequest) -> Mail | None:
        inviting = self._tenants.find(request.tenant_id)
        if inviting is None or inviting.state is not TenantState.OPEN or not self._let_out(request, request.login):
            return None
        tenant = harmless_name(inviting.name)
        token = self._tokens.issue(Purpose.INVITATION, email=request.login, tenant_id=request.tenant_id)
        subject, text = SUBJECT_AND_TEXT_OF[MailKind.INVITATION]
        link = f"{self._public_url}/account/invitation?token={token}"
        return Mail(request.login, subject.format(tenant=tenant), text.format(tenant=tenant, link=link))
