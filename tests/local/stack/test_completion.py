"""What follows a deployment does what the template says."""

from local.stack.completion import _lifecycle_rule


def test_a_rule_for_a_tag_expires_nothing_else() -> None:
    rule = {
        "Id": "kept-7-days",
        "Status": "Enabled",
        "TagFilters": [{"Key": "retention", "Value": "7"}],
        "ExpirationInDays": 7,
    }

    assert _lifecycle_rule(rule) == {
        "ID": "kept-7-days",
        "Status": "Enabled",
        "Filter": {"Tag": {"Key": "retention", "Value": "7"}},
        "Expiration": {"Days": 7},
    }
