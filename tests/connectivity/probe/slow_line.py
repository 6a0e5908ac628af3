"""A line as slow as a school's: loopback alone can be faster than what the probe believes of any school."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

BYTES_PER_SECOND = 25_000_000
_PIECE = 65_536


@contextmanager
def slow_line(port: int) -> Iterator[int]:
    """A port that leads to ``port`` at 200 Mbit/s each way, for as long as the block lasts."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        asyncio.start_server(lambda reader, writer: _join(reader, writer, port), "127.0.0.1", 0)
    )
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    there, back = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(_carry(reader, back), _carry(there, writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    clock = asyncio.get_running_loop()
    free_at = clock.time()
    try:
        while piece := await reader.read(_PIECE):
            free_at = max(free_at, clock.time()) + len(piece) / BYTES_PER_SECOND
            await asyncio.sleep(free_at - clock.time())
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    carrying = asyncio.all_tasks() - {asyncio.current_task()}
    for task in carrying:
        task.cancel()
    await asyncio.gather(*carrying, return_exceptions=True)
