"""Where a request comes from, as far as it says who may be behind it."""

_PREFIX = 64
"""What a provider gives to one customer at least (RFC 6177): whoever has one address of IPv6 has all of these."""


def network_of(address: str) -> str:
    """An address of IPv4 as it is, and the /64 of one of IPv6; what is no address stays as it is."""
    if ":" not in address:
        return address
    from ipaddress import AddressValueError, IPv6Address, IPv6Network

    try:
        parsed = IPv6Address(address.partition("%")[0])
    except AddressValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, _PREFIX), strict=False))
