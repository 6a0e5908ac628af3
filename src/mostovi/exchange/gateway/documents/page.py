"""The seal itself, made by the sealing engine in a thread."""

from datetime import datetime

from mostovi.exchange.gateway.configuration import Configuration
from mostovi.exchange.gateway.documents.rules import CannotSealHere


def seal_page(configuration: Configuration, pdf: bytes, code: str, now: datetime) -> bytes:
    """PAdES by the sealing engine, in a thread. Raises its refusals, or CannotSealHere.

    The engine is imported at the first seal: gateways that never seal stay small.
    """
    from mostovi.exchange.sealing.credentials import read_credential  # noqa: PLC0415
    from mostovi.exchange.sealing.seal import seal_document  # noqa: PLC0415
    from mostovi.exchange.sealing.time_stamps import HttpTimeStampAuthority  # noqa: PLC0415

    keys, stamping = configuration.keys, configuration.time_stamping
    if keys.sealing_key is None or keys.sealing_certificate is None or stamping is None:
        raise CannotSealHere
    credential = read_credential(
        key=keys.sealing_key,
        certificate=keys.sealing_certificate,
        root=keys.root,
        revocation_lists=keys.revocation_lists,
    )
    return seal_document(
        pdf,
        credential=credential,
        time_stamper=HttpTimeStampAuthority(stamping.url, stamping.socket),
        reason=configuration.seal_reason,
        location=configuration.seal_location,
        sealed_at=now,
        document_code=code,
    )
