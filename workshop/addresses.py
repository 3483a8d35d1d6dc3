"""Addresses: whom a rate or a throttle counts as one.

The address is the connection's own, or what a proxy that the server trusts says of it: what any
other header claims can be made up afresh for every guess.
"""

from __future__ import annotations

from ipaddress import ip_network


def household(address: str) -> str:
    """The address as it is counted. Of an IPv6 address that is the first half: a household is
    given all of the second, and could come from a new one each time."""
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    except ValueError:
        return address
