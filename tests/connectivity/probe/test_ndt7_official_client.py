"""M-Lab's own client completes both tests in a real browser, and reads what it looks for."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from connectivity.probe.giga import SCHOOL
from connectivity.probe.programs import ProbeProgram
from mostovi.connectivity.probe.store.ledger import open_reader
from mostovi.connectivity.probe.values import Kind
from requirements_check import require_program

CLIENT = resources.files("mostovi.connectivity.probe") / "static" / "ndt7"

# As Giga Meter does it: the mean of both BBRInfo.MinRTT, the UUID of the download.
MEASURE = """async ([server, school]) => {
  const results = {}, errors = [], counts = {downloads: 0, uploads: 0};
  const code = await ndt7.test({
    server, protocol: 'ws', mlabDataPolicyInapplicable: true, metadata: {client_name: 'test-page', school},
    downloadworkerfile: '/ndt7/ndt7-download-worker.js', uploadworkerfile: '/ndt7/ndt7-upload-worker.js',
  }, {
    error: (error) => errors.push(String(error)),
    downloadMeasurement: (each) => { if (each.Source === 'server') counts.downloads++; },
    uploadMeasurement: (each) => { if (each.Source === 'server') counts.uploads++; },
    downloadComplete: (each) => { results.S2C = each; },
    uploadComplete: (each) => { results.C2S = each; },
  });
  const rtt = (each) => each.LastServerMeasurement.BBRInfo.MinRTT;
  return {
    code, errors, results, counts,
    latency: (rtt(results.S2C) + rtt(results.C2S)) / 2 / 1000,
    uuid: results.S2C.LastServerMeasurement.ConnectionInfo.UUID,
  };
}"""


def test_the_client_is_m_labs_own_unchanged() -> None:
    notice = (CLIENT / "NOTICE.md").read_text("utf-8")
    listed = dict(re.findall(r"\| `([\w.-]+\.js)` \| `([0-9a-f]{64})` \|", notice))
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in CLIENT.iterdir()
        if file.name.endswith(".js")
    }
    assert listed == found
    assert "Apache License" in (CLIENT / "LICENSE").read_text("utf-8")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=require_program("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser.new_page()
        browser.close()


def measure(page: Page, probe: ProbeProgram) -> dict[str, Any]:
    base = f"http://127.0.0.1:{probe.port}"
    page.route(f"{base}/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(f"{base}/")
    page.add_script_tag(url=f"{base}/ndt7/ndt7.js")
    found: dict[str, Any] = page.evaluate(MEASURE, [f"127.0.0.1:{probe.ndt7_port}", SCHOOL])
    return found


@pytest.mark.slow
@pytest.mark.programs
@pytest.mark.timeout(180)
def test_m_labs_official_client_completes_both_ways_in_a_real_browser(page: Page, tmp_path: Path) -> None:
    with ProbeProgram(tmp_path / "probe") as probe:
        found = measure(page, probe)
        assert (found["code"], found["errors"]) == (0, [])
        assert found["latency"] > 0
        assert min(found["counts"].values()) >= 10
        for direction in ("S2C", "C2S"):
            client = found["results"][direction]["LastClientMeasurement"]
            assert client["MeanClientMbps"] > 10
            assert client["ElapsedTime"] > 8
    with closing(open_reader(probe.database)) as reader:
        records = [each.record for each in reader.follow(0)]
    assert [record.kind for record in records] == [Kind.TEST, Kind.TEST]
    assert {record.school for record in records} == {SCHOOL}
    down, up = records
    assert down.test == found["uuid"]
    client_kbps = 1_000 * found["results"]["S2C"]["LastClientMeasurement"]["MeanClientMbps"]
    assert down.download_kbps == pytest.approx(client_kbps, rel=0.35)
    assert up.upload_kbps
    assert {down.flags, up.flags} == {""}
