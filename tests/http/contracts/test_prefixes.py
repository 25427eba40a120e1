"""Whose a path is, served or not."""

import pytest

from herald.http.contracts.contract import Contract
from herald.http.contracts.event_stream import EVENT_STREAM
from herald.http.contracts.iperform import IPERFORM
from herald.http.contracts.mifumo import MIFUMO
from herald.http.contracts.prefixes import EVERY_PATH, contract_of
from herald.http.contracts.pytake import PYTAKE
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.contracts.shared_sign_in import SHARED_SIGN_IN
from herald.http.contracts.shared_users import SHARED_USERS

OWNERS: list[tuple[Contract, list[str]]] = [
    (
        RESULTFLOW,
        [
            "/api/v1/admin",
            "/api/v1/admin/batches/b1/status",
            "/api/v1/admin/upload/excel",
            "/api/v1/admin/users",
            "/api/v1/customer/validate_token",
            "/api/v1/customer/report/pdf",
            "/api/v1/webhooks/sms/status",
            "/customer",
            "/operator/v1/tenants",
        ],
    ),
    (SHARED_SIGN_IN, ["/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/me", "/api/v1/auth/nope"]),
    (
        PYTAKE,
        [
            "/",
            "/health",
            "/docs",
            "/redoc",
            "/rapidoc",
            "/ws",
            "/api-docs/openapi.json",
            "/api/v1/status",
            "/api/v1/auth-db/login",
            "/api/v1/whatsapp-configs",
            "/api/v1/whatsapp-configs/default",
            "/api/v1/whatsapp/instance/main/status",
            "/api/v1/whatsapp/webhook",
            "/api/v1/ws/stats",
            "/api/v1/conversations/agent",
            "/api/v1/dashboard/metrics",
            "/api/v1/flows/f1/test",
            "/unheard/of",
            "/customers",
            "/apiary",
        ],
    ),
    (SHARED_USERS, ["/api/v1/users"]),
    (
        EVENT_STREAM,
        [
            "/api/v1/users/+14155551234",
            "/api/v1/users/%2B14155551234",
            "/api/v1/users/%2b14155551234",
            "/api/v1/users/bulk/upload",
            "/api/v1/campaigns/c1/trigger",
            "/api/v1/templates",
            "/api/v1/segments/s1/evaluate",
            "/api/v1/reporting/messages/status",
            "/api/v1/monitoring/inbound",
            "/webhooks/inbound",
            "/webhooks/status",
        ],
    ),
    (
        IPERFORM,
        [
            "/api/v1",
            "/api/v1/i_auth",
            "/api/v1/logout",
            "/api/v1/leads/7",
            "/api/v1/reports/custom",
            "/api/v1/send-email",
            "/api/v1/files/upload",
            "/api/v1/folders/a/b/c",
            "/api/v1/webhook/receive",
            "/api/v1/integration/settings",
            "/api/v1/companies",
            "/api/v1/users/5",
            "/api/v1/users/{user_id}",
            "/api/v1/tickets/3/comments",
            "/api/v1/openapi.json",
            "/api/v1/docs",
            "/api/v1/authentic",
            "/api/v1/administrators",
            "/api/v1/campaigns-of-old",
        ],
    ),
    (
        MIFUMO,
        [
            "/api",
            "/api/auth/login",
            "/api/tenants/switch",
            "/api/messaging/contacts/1/opt-in",
            "/api/messaging/campaigns/1/start",
            "/api/billing/plans",
            "/api/v2/leads",
        ],
    ),
]


@pytest.mark.parametrize(("path", "contract"), [(path, contract) for contract, paths in OWNERS for path in paths])
def test_a_path_belongs_to_the_contract_that_documents_it(path: str, contract: Contract) -> None:
    assert contract_of(path) is contract
    assert EVERY_PATH.at(path) is contract
