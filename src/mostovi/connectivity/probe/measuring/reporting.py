"""Sends what the diary holds; what was not acknowledged stays in it."""

from dataclasses import dataclass

import aiohttp

from mostovi.connectivity.probe.measuring.diary import MEASUREMENT, Diary, Entry

_SECONDS = 60
_SETTLED = {200, 201, 400, 413, 422}
"""The server has it, or will never take it; anything else is tried again."""


@dataclass(frozen=True)
class Report:
    sent: int
    left: int
    reason: str = ""


async def send_diary(diary: Diary, server: str, school: str, token: str = "") -> Report:
    """To ``http(s)://host`` of a probe, the oldest first."""
    entries = diary.list_unsent()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    sent, reason = 0, ""
    try:
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            for batch in _batches(entries):
                reason = await _post(session, server, school, batch)
                if reason:
                    break
                diary.forget(batch)
                sent += len(batch)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = f"{server} cannot be reached ({type(error).__name__})"
    return Report(sent, len(entries) - sent, reason)


def _batches(entries: list[Entry]) -> list[list[Entry]]:
    """Each measurement by itself, all looks for a connection together."""
    checks = [entry for entry in entries if entry.kind != MEASUREMENT]
    return [*([entry] for entry in entries if entry.kind == MEASUREMENT), *([checks] if checks else [])]


async def _post(session: aiohttp.ClientSession, server: str, school: str, batch: list[Entry]) -> str:
    """Empty when the server settled it, else why not."""
    if batch[0].kind == MEASUREMENT:
        path, body = "/api/v1/measurements", batch[0].payload
    else:
        path, body = f"/api/v1/connectivity/{school}", {"records": [entry.payload for entry in batch]}
    async with session.post(server + path, json=body) as answer:
        return "" if answer.status in _SETTLED else f"{server} answered {answer.status}"
