"""What each role may do: one table, and the only place that knows it.

iPerform documents who may do what with staff (list: ADMIN and MANAGER; change: ADMIN), with companies (ADMIN) and with
leads (ADMIN, MANAGER, SALESPERSON, INTEGRATION); the rest follows from what each role is for. A route names the
permission that it needs (`herald.http.access.requires`); nothing else asks for a role.
"""

from enum import StrEnum

from herald.errors import Forbidden
from herald.identity.model import Principal, Role


class Permission(StrEnum):
    """Something that a route lets its caller do."""

    RESULTS_READ = "results:read"
    RESULTS_WRITE = "results:write"
    RESULTS_SEND = "results:send"
    AUDIENCE_READ = "audience:read"
    AUDIENCE_WRITE = "audience:write"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    CAMPAIGNS_SEND = "campaigns:send"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_WRITE = "conversations:write"
    CRM_READ = "crm:read"
    CRM_WRITE = "crm:write"
    INSIGHTS_READ = "insights:read"
    BILLING_READ = "billing:read"
    CHANNELS_MANAGE = "channels:manage"
    SETTINGS_MANAGE = "settings:manage"
    STAFF_READ = "staff:read"
    STAFF_MANAGE = "staff:manage"
    TENANT_MANAGE = "tenant:manage"
    KEYS_MANAGE = "keys:manage"
    AUDIT_READ = "audit:read"
    OWN_ACCOUNT = "account:own"
    """One's own profile, password, sessions and tenants: for people, not for keys."""


_P = Permission
NEED_A_VERIFIED_EMAIL = frozenset(
    {_P.STAFF_MANAGE, _P.KEYS_MANAGE, _P.RESULTS_SEND, _P.CAMPAIGNS_SEND, _P.CONVERSATIONS_WRITE}
)
"""What reaches other people, or stays when a session ends: not before somebody has shown that the address is theirs."""
_READING = frozenset(
    {
        _P.RESULTS_READ,
        _P.AUDIENCE_READ,
        _P.CAMPAIGNS_READ,
        _P.CONVERSATIONS_READ,
        _P.CRM_READ,
        _P.INSIGHTS_READ,
    }
)
_PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.MANAGER: frozenset(Permission) - {_P.TENANT_MANAGE, _P.KEYS_MANAGE, _P.STAFF_MANAGE},
    Role.AGENT: _READING | {_P.OWN_ACCOUNT, _P.RESULTS_SEND, _P.AUDIENCE_WRITE, _P.CONVERSATIONS_WRITE, _P.CRM_WRITE},
    Role.SALESPERSON: frozenset(
        {
            _P.OWN_ACCOUNT,
            _P.AUDIENCE_READ,
            _P.AUDIENCE_WRITE,
            _P.CONVERSATIONS_READ,
            _P.CONVERSATIONS_WRITE,
            _P.CRM_READ,
            _P.CRM_WRITE,
            _P.INSIGHTS_READ,
        }
    ),
    Role.VIEWER: _READING | {_P.OWN_ACCOUNT},
    # A person may have this role as well; a key's scopes leave their account out (`herald.identity.keys.service`).
    Role.INTEGRATION: frozenset(
        {
            _P.OWN_ACCOUNT,
            _P.RESULTS_READ,
            _P.RESULTS_WRITE,
            _P.RESULTS_SEND,
            _P.AUDIENCE_READ,
            _P.AUDIENCE_WRITE,
            _P.CAMPAIGNS_READ,
            _P.CAMPAIGNS_WRITE,
            _P.CAMPAIGNS_SEND,
            _P.CONVERSATIONS_READ,
            _P.CONVERSATIONS_WRITE,
            _P.CRM_READ,
            _P.CRM_WRITE,
            _P.INSIGHTS_READ,
        }
    ),
}


def permissions_of(role: Role) -> frozenset[Permission]:
    """Everything that a role may do."""
    return _PERMISSIONS_OF[role]


def may(principal: Principal, permission: Permission) -> bool:
    """Whether somebody may do something: their role allows it, and so does their key where they came with one."""
    allowed = permission in _PERMISSIONS_OF[principal.role]
    return allowed and (principal.scopes is None or permission in principal.scopes)


def require(principal: Principal, permission: Permission) -> None:
    """Turns away whoever may not.

    Raises:
        Forbidden: ``permission_denied``, naming the permission that is missing.
    """
    if not may(principal, permission):
        raise Forbidden(
            "Your role does not allow this; ask an administrator of your organisation.",
            code="permission_denied",
            fields={"permission": permission.value},
        )
