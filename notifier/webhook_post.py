"""Messages to other platforms: signed as Standard Webhooks has it, to addresses of the open network only."""

import base64
import hmac
import socket
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

SECONDS = 10
MARK = "whsec_"
CARRIERS = (IPv6Network("::/96"), IPv6Network("64:ff9b::/96"))  # their last 32 bits are an address of IPv4
LONGEST_ANSWER = 200  # characters of what went wrong that are kept


@dataclass(frozen=True)
class Taken:
    """What came of a message; `status` is the platform's, none where it did not answer."""

    is_taken: bool
    status: int | None
    detail: str


class OpenNetwork(AbstractResolver):
    """Finds addresses, but none of our own network: whoever names our webhooks is not to look around in it."""

    def __init__(self) -> None:
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses; OSError where one is private."""
        found = await self._resolver.resolve(host, port, family)
        if not all(_is_open(one["host"]) for one in found):
            raise OSError(f"{host} is no address of the open network")
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._resolver.close()


def find_fault(url: str, *, private: bool) -> str:
    """Why nothing is sent there; empty where something may be. A name is looked up when something is sent."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "that is no address"
    if not host or port == 0:
        return "that is no address"
    if parts.username is not None or parts.fragment:
        return "an address has no name, password or fragment"
    if private:
        return ""
    if parts.scheme != "https":
        return "an address begins with https://"
    try:
        is_open = _is_open(host)
    except ValueError:
        is_open = "." in host.strip(".") and not host.endswith((".local", ".localhost", ".internal"))
    return "" if is_open else "that is no address of the open network"


def _is_open(host: str) -> bool:
    """Whether an address is of the open network, and so is the one of IPv4 that it may stand for."""
    address = ip_address(host)
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if any(address in network for network in CARRIERS):
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None and not inner.is_global:
            return False
    return address.is_global


def sign(secret: str, name: str, at: datetime, body: str) -> dict[str, str]:
    """The headers that say whose message it is, and when it was sent."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(MARK))
    digest = hmac.new(key, f"{name}.{stamp}.{body}".encode(), sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


async def send(url: str, headers: dict[str, str], body: str, *, private: bool) -> Taken:
    """Send it once. Only an answer of 2xx takes it; where it leads elsewhere, nobody follows."""
    fault = find_fault(url, private=private)
    if fault:
        return Taken(False, None, fault)
    resolver = None if private else OpenNetwork()
    connector = aiohttp.TCPConnector(resolver=resolver, force_close=True)
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    said = {**headers, "Content-Type": "application/json", "User-Agent": "tixing"}
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as client,
            client.post(url, data=body.encode(), headers=said, allow_redirects=False) as answer,
        ):
            is_taken = 200 <= answer.status < 300
            return Taken(is_taken, answer.status, "" if is_taken else f"answered {answer.status}")
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return Taken(False, None, f"{type(error).__name__}: {error}"[:LONGEST_ANSWER])
