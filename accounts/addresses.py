"""The address of a machine on the internet, however whoever passes it on writes it."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.http.request import split_domain_port

# Where an old address (IPv4) stands in the last 32 bits of a new one, for networks that know these
# alone (RFC 6052).
TRANSLATED = IPv6Network("64:ff9b::/96")
OLD_BITS = 0xFFFF_FFFF


def as_itself(address: str) -> str:
    """Return an address; an old one as such, also where it is written as a new one.

    All of those would be of one network, and share what each has for itself: a few mistakes of a
    stranger would shut out everybody. A port, that some proxies add, is left out. Raises
    ``ValueError`` for what is no address.
    """
    found = ip_address(_alone(address))
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or _translated(found) or found)
    return str(found)


def _alone(address: str) -> str:
    """Leave out the port; a new address stands between brackets before one."""
    host, port = split_domain_port(address)
    return host.removeprefix("[").removesuffix("]") if port else address


def _translated(address: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(address) & OLD_BITS) if address in TRANSLATED else None
