"""Connections to the other gateways: one pool for each member, as the directory describes it now."""

import ssl

from mostovi.exchange.gateway.wire.addresses import InvalidAddress, parse_host_and_port, peer_pool
from mostovi.exchange.gateway.wire.client import Pool, Unreachable
from mostovi.exchange.gateway.wire.messages import Limits, Response
from mostovi.exchange.gateway.wire.turns import Turns
from mostovi.exchange.protocol.directory import Member


class Peers:
    def __init__(self, context: ssl.SSLContext, limits: Limits, turns: Turns) -> None:
        self.context = context
        self.limits = limits
        self.turns = turns
        self.pools: dict[str, tuple[str, tuple[str, ...], Pool]] = {}

    async def send(
        self, member: Member, message: bytes, *, within_seconds: float, without_body: bool
    ) -> Response:
        """The answer of ``member``'s gateway. Raises a WireFault.

        A message may be sent a second time over a fresh connection: its nonce is accepted once only.
        """
        pool = self._pool(member)
        return await pool.send(
            message, within_seconds=within_seconds, repeatable=True, without_body=without_body
        )

    def _pool(self, member: Member) -> Pool:
        known = self.pools.get(member.code)
        if known is not None and known[0] == member.address and known[1] == member.tls:
            return known[2]
        if known is not None:
            known[2].close()
        try:
            address = parse_host_and_port(member.address)
        except InvalidAddress as error:
            raise Unreachable(str(error)) from error
        pool = peer_pool(address, self.context, member.tls, self.limits, self.turns)
        self.pools[member.code] = (member.address, member.tls, pool)
        return pool

    def drop_idle(self) -> None:
        for _, _, pool in self.pools.values():
            pool.drop_idle()

    def close(self) -> None:
        for _, _, pool in self.pools.values():
            pool.close()
