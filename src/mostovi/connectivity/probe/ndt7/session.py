"""One test over one open WebSocket, from the first byte to its summary."""

import asyncio
import json
import os
import random
import uuid
from datetime import datetime

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from mostovi.connectivity.probe.ndt7 import kernel, rules, values
from mostovi.connectivity.probe.ndt7.values import Direction, Ending, Request, Sample, Summary
from mostovi.kernel import clock

_RANDOM = os.urandom(values.LARGEST_SENT)


class Session:
    """Sends and receives until the time is over, the client leaves or breaks a rule."""

    def __init__(
        self, connection: ServerConnection, request: Request, *, runtime: float, longest: float
    ) -> None:
        self.connection = connection
        self.request = request
        self.runtime = runtime
        self.longest = longest
        self.loop = asyncio.get_running_loop()
        self.uuid = str(uuid.uuid4())
        self.socket: kernel.Socket = connection.transport.get_extra_info("socket")
        self.sample = Sample(0, {}, {})
        self.texts = 0
        self.application_bytes = 0
        self.started_at: datetime = clock.now()
        self.started = self.loop.time()

    async def run(self) -> Summary:
        """Never takes longer than ``longest`` seconds, whatever the client does."""
        kernel.prepare(self.socket)
        ending = Ending.OUT_OF_TIME
        try:
            async with asyncio.timeout(self.longest):
                ending = await self._exchange()
        except TimeoutError:
            self._measure()
        finally:
            self.connection.transport.abort()
        return self._summarise(ending)

    async def _exchange(self) -> Ending:
        receiving = asyncio.create_task(self._receive())
        sending = asyncio.create_task(self._send())
        try:
            await asyncio.wait({receiving, sending}, return_when=asyncio.FIRST_COMPLETED)
            return await self._close(receiving if receiving.done() else sending)
        finally:
            sending.cancel()
            receiving.cancel()
            await asyncio.gather(sending, receiving, return_exceptions=True)

    async def _close(self, first: "asyncio.Task[Ending]") -> Ending:
        """Say goodbye. What still arrives is read meanwhile, or the client's goodbye would never be."""
        try:
            ending, code, reason = first.result(), 1000, ""
        except rules.RuleBroken as broken:
            ending, code, reason = Ending.BROKE_RULES, broken.code, broken.reason
        except ConnectionClosed as closed:
            # 1001 is what a browser says whose page was left.
            ended = closed.rcvd is not None and closed.rcvd.code in {1000, 1001}
            return self._left() if ended else Ending.VANISHED
        self._measure()
        await self.connection.close(code, reason)
        return ending

    def _left(self) -> Ending:
        """The client's clock may run a little faster than ours."""
        return Ending.COMPLETE if self._elapsed() > 0.9 * self.runtime else Ending.CLIENT_CLOSED

    def _elapsed(self) -> float:
        return self.loop.time() - self.started

    async def _send(self) -> Ending:
        if self.request.direction is Direction.UPLOAD:
            return await self._tell_until_over()
        return await self._send_load()

    async def _send_load(self) -> Ending:
        size, due = values.FIRST_MESSAGE, 0.0
        while (elapsed := self._elapsed()) < self.runtime:
            if elapsed >= due:
                await self._tell()
                due = elapsed + rules.next_interval(random.expovariate(1))
                if self._has_enough():
                    return Ending.EARLY_EXIT
            await self.connection.send(_RANDOM[:size])
            self.application_bytes += size
            size = rules.next_size(size, self.application_bytes)
        await self._tell()
        return Ending.COMPLETE

    async def _tell_until_over(self) -> Ending:
        await self._tell()
        while (left := self.runtime - self._elapsed()) > 0:
            await asyncio.sleep(min(left, rules.next_interval(random.expovariate(1))))
            await self._tell()
        return Ending.COMPLETE

    def _has_enough(self) -> bool:
        enough = self.request.early_exit_bytes
        return enough is not None and rules.transferred(self.request.direction, self.sample) >= enough

    async def _tell(self) -> None:
        self._measure()
        await self.connection.send(json.dumps(self._message(), separators=(",", ":")))

    def _measure(self) -> None:
        """Keeps the last figures when the connection is gone already."""
        try:
            self.sample = kernel.sample(self.socket, int(self._elapsed() * 1_000_000))
        except OSError:
            return

    def _message(self) -> dict[str, object]:
        elapsed = {"ElapsedTime": self.sample.elapsed_microseconds}
        return {
            "AppInfo": {"NumBytes": self.application_bytes, **elapsed},
            "BBRInfo": {**self.sample.bbr, **elapsed},
            "TCPInfo": {**self.sample.tcp, **elapsed},
            "ConnectionInfo": {
                "Client": _endpoint(self.connection.remote_address),
                "Server": _endpoint(self.connection.local_address),
                "UUID": self.uuid,
                "StartTime": self.started_at.isoformat(),
            },
            "Origin": "server",
            "Test": str(self.request.direction),
        }

    async def _receive(self) -> Ending:
        """Reads until the channel closes. Raises ConnectionClosed and RuleBroken."""
        while True:
            await self._receive_message()

    async def _receive_message(self) -> None:
        text: list[str] = []
        size = 0
        async for part in self.connection.recv_streaming():
            size += len(part)
            if isinstance(part, str):
                rules.check_text_size(size)
                text.append(part)
            else:
                rules.check_binary(self.request.direction, size, finished=False)
                self.application_bytes += len(part)
        if text:
            self._take_text("".join(text))
        else:
            rules.check_binary(self.request.direction, size, finished=True)

    def _take_text(self, text: str) -> None:
        self.texts += 1
        if rules.is_read(self.texts, self._elapsed()):
            rules.read_measurement(text)

    def _summarise(self, ending: Ending) -> Summary:
        sample, direction = self.sample, self.request.direction
        rtt, variation = sample.bbr.get("MinRTT"), sample.tcp.get("RTTVar")
        return Summary(
            uuid=self.uuid,
            direction=direction,
            started_at=self.started_at,
            seconds=sample.elapsed_microseconds / 1_000_000,
            megabits_per_second=rules.megabits_per_second(direction, sample),
            bytes=rules.transferred(direction, sample),
            min_rtt_milliseconds=None if rtt is None else rtt / 1_000,
            jitter_milliseconds=None if variation is None else variation / 1_000,
            retransmitted=rules.retransmitted(sample),
            ending=ending,
            metadata=self.request.metadata,
        )


def _endpoint(address: tuple[str, int]) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
