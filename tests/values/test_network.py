import pytest

from herald.values.network import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
        ("un:known", "un:known"),
    ],
)
def test_an_address_counts_with_what_its_owner_has_beside_it(address: str, network: str) -> None:
    assert network_of(address) == network
    assert network_of(network) == network or "/" in network
