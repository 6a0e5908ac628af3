"""Browsers on https pages measure over wss."""

import asyncio
import datetime
import ipaddress
import json
import ssl
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from connectivity.probe.ndt7_client import QUICK
from mostovi.connectivity.probe.ndt7.values import SUBPROTOCOL
from mostovi.connectivity.probe.program import Options, running


def write_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "probe")])
    now = datetime.datetime.now(datetime.UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    built = built.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private


def test_a_download_over_tls_tells_of_its_connection(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    options = Options(
        database=f"sqlite:///{tmp_path}/probe.sqlite3", listen="127.0.0.1:0", ndt7_listen="127.0.0.1:0",
        certificate=certificate, key=key, limits=QUICK,
    )  # fmt: skip

    async def story() -> tuple[list[dict[str, Any]], int | None]:
        trusting = ssl.create_default_context(cafile=str(certificate))
        measurements: list[dict[str, Any]] = []
        async with running(options) as probe:
            assert probe.probe.ndt7_url.startswith("wss://")
            url = f"wss://127.0.0.1:{probe.ndt7_port}/ndt/v7/download"
            connection = await connect(
                url, ssl=trusting, subprotocols=[Subprotocol(SUBPROTOCOL)], max_size=1 << 24, proxy=None
            )
            try:
                while True:
                    message = await connection.recv()
                    if isinstance(message, str):
                        measurements.append(json.loads(message))
            except ConnectionClosed as closed:
                return measurements, closed.rcvd.code if closed.rcvd else None

    measurements, code = asyncio.run(story())
    assert code == 1000
    assert measurements[-1]["TCPInfo"]["BytesAcked"] > 100_000
    assert measurements[-1]["BBRInfo"]["MinRTT"] > 0
