"""How many organisations a person may belong to."""

import pytest

from herald.errors import Conflict
from herald.identity.composition import identity
from herald.identity.tenants.model import MOST_TENANTS
from herald.identity.tenants.service import Tenants
from herald.values.ids import new_id
from tests.support.people import sign_up


def test_a_person_belongs_to_a_hundred_tenants_at_most(cloud: None) -> None:
    parts, admin = identity(), sign_up().principal
    tenants = Tenants(parts.person_store, parts.tenant_store, parts.membership_store, parts.sessions, most_tenants=2)
    tenants.create(admin, tenant_id=new_id(), name="Second")

    with pytest.raises(Conflict) as refusal:
        tenants.create(admin, tenant_id=new_id(), name="Third")

    assert refusal.value.code == "too_many_tenants"
    assert MOST_TENANTS == 100
