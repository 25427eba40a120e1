"""What a tenant decides reaches its new batches, and the buckets keep to it."""

import pytest

from herald.errors import Invalid
from herald.results.batches.defaults import TenantDefaults
from herald.results.batches.model import RETENTION_DAYS, BatchDefaults
from herald.results.batches.service import BatchOptions
from herald.results.batches.store import BatchDefaultsStore
from local.stack.running import ROOT
from local.stack.template import read_template
from tests.support.results import NOW, OTHER_TENANT, TENANT, add_batch


@pytest.fixture
def settings(results_cloud: None) -> TenantDefaults:
    return TenantDefaults(BatchDefaultsStore())


def test_who_has_decided_nothing_keeps_results_for_a_year(settings: TenantDefaults) -> None:
    assert settings.get(TENANT) == BatchDefaults(TENANT, 365, "")


def test_new_batches_have_what_was_decided_and_old_ones_keep_theirs(settings: TenantDefaults) -> None:
    before = add_batch()
    settings.replace(TENANT, retention_days=30, country="ke")

    after, elsewhere = add_batch(), add_batch(tenant_id=OTHER_TENANT)

    assert (before.retention_days, before.country) == (365, "")
    assert (after.retention_days, after.country) == (30, "KE")
    assert (after.retained_until - NOW).days == 30
    assert (elsewhere.retention_days, elsewhere.country) == (365, "")


def test_a_batch_may_be_of_another_country(settings: TenantDefaults) -> None:
    settings.replace(TENANT, retention_days=30, country="KE")

    assert add_batch(options=BatchOptions(country="br")).country == "BR"


@pytest.mark.parametrize(("days", "country", "field"), [(31, "KE", "retention_days"), (30, "XX", "country")])
def test_what_cannot_be_is_refused(settings: TenantDefaults, days: int, country: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        settings.replace(TENANT, retention_days=days, country=country)

    assert list(refusal.value.fields) == [field]


def test_there_is_a_lifecycle_rule_for_every_choice() -> None:
    bucket = read_template(ROOT / "data.yaml")["Resources"]["DocumentsBucket"]["Properties"]
    rules = bucket["LifecycleConfiguration"]["Rules"]

    kept = {
        (rule["TagFilters"][0]["Key"], rule["TagFilters"][0]["Value"]): rule["ExpirationInDays"]
        for rule in rules
        if "ExpirationInDays" in rule
    }

    assert kept == {("retention", str(days)): days for days in RETENTION_DAYS}
