"""How an endpoint function's API is put together from its environment."""

import os
from dataclasses import replace
from datetime import timedelta

from herald.adapters.aws.queue import Queue
from herald.adapters.aws.secrets import read_secret
from herald.adapters.passwords import Argon2Passwords
from herald.http.access import SIGN_IN_LIMIT
from herald.http.authentication import Doorkeeper
from herald.http.cors import Cors
from herald.http.idempotency import IdempotentAnswers
from herald.http.resolver import HttpApi
from herald.identity.accounts.recovery import Recovery
from herald.identity.accounts.service import Accounts
from herald.identity.accounts.store import IdentityStore
from herald.identity.admissions.model import Limit
from herald.identity.admissions.store import AdmissionStore
from herald.identity.audit.service import AuditLog
from herald.identity.audit.store import AuditStore
from herald.identity.invitations.service import Invitations
from herald.identity.invitations.store import InvitationStore
from herald.identity.keys.cache import KeyRing
from herald.identity.keys.service import ApiKeys
from herald.identity.keys.store import KeyStore
from herald.identity.lockout.service import AttemptStore, Lockout
from herald.identity.one_time_tokens.service import OneTimeTokens
from herald.identity.one_time_tokens.store import OneTimeStore
from herald.identity.sessions.store import SessionStore
from herald.identity.sessions.tokens import AccessTokens
from herald.identity.staff.service import Staff
from herald.identity.tenants.limits import TenantLimits

_LONGEST_TOKEN_MINUTES = 24 * 60
"""ResultFlow and PyTake: "Access tokens expire after 24 hours"; an installation may choose less."""


def access_tokens() -> AccessTokens:
    """Tokens signed with this installation's keys, read at first use."""
    minutes = int(os.environ.get("ACCESS_TOKEN_MINUTES", _LONGEST_TOKEN_MINUTES))
    return AccessTokens(
        lambda: read_secret(os.environ["SIGNING_KEY_SECRET"]),
        lifetime=timedelta(minutes=min(minutes, _LONGEST_TOKEN_MINUTES)),
    )


def doorkeeper() -> Doorkeeper:
    """Who lets requests in, over the admissions table, by token or by API key."""
    return Doorkeeper(
        access_tokens(),
        AdmissionStore(),
        keys=KeyRing(compose_api_keys().verify),
        limits_of_tenant=TenantLimits().of_tenant,
    )


def compose_api_keys() -> ApiKeys:
    """An organisation's API keys."""
    return ApiKeys(KeyStore(), AdmissionStore())


def compose_accounts() -> Accounts:
    """Signing up and in, as every door of the five contracts offers it."""
    return Accounts(
        IdentityStore(),
        SessionStore(),
        Argon2Passwords(),
        access_tokens(),
        AdmissionStore(),
        Lockout(AttemptStore(os.environ["ADMISSIONS_TABLE"])),
        Queue(os.environ["MAIL_QUEUE_URL"]),
        compose_audit(),
    )


def compose_recovery() -> Recovery:
    """What somebody does with their own account."""
    return Recovery(
        IdentityStore(),
        SessionStore(),
        AdmissionStore(),
        Argon2Passwords(),
        OneTimeTokens(OneTimeStore()),
        Lockout(AttemptStore(os.environ["ADMISSIONS_TABLE"])),
        Queue(os.environ["MAIL_QUEUE_URL"]),
        compose_audit(),
    )


def compose_audit() -> AuditLog:
    """Who did what."""
    return AuditLog(AuditStore())


def compose_staff() -> Staff:
    """What an organisation's administrators do with its people."""
    return Staff(IdentityStore(), SessionStore(), AdmissionStore(), Argon2Passwords())


def compose_invitations() -> Invitations:
    """What whoever invites and whoever is invited do."""
    return Invitations(
        IdentityStore(),
        InvitationStore(),
        OneTimeTokens(OneTimeStore()),
        compose_accounts(),
        Argon2Passwords(),
        Queue(os.environ["MAIL_QUEUE_URL"]),
    )


def sign_in_limit() -> Limit:
    """The limit of the authentication endpoints, which an installation may raise."""
    return replace(SIGN_IN_LIMIT, requests=int(os.environ.get("SIGN_IN_REQUESTS_PER_MINUTE", SIGN_IN_LIMIT.requests)))


def compose_api() -> HttpApi:
    """An API with sign-in, limits, safe retries, audit log and other sites' pages; the caller adds the routes."""
    return HttpApi(
        doorkeeper(),
        idempotent_answers=IdempotentAnswers(os.environ["IDEMPOTENCY_TABLE"]),
        cors=Cors(os.environ.get("CORS_ORIGINS", "").split(",")),
        audit=compose_audit(),
    )
