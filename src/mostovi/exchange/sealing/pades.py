"""The pyHanko side of sealing. Importing this file costs the memory; only ``seal`` imports it, and late."""

# mypy: disable-error-code="no-untyped-call"
# pyHanko is typed in part only.

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms, keys, pem, tsp, x509
from cryptography import x509 as pyca_x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.timestamps.common_utils import handle_tsp_response
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from mostovi.exchange.sealing.credentials import CredentialNotValid, SealingCredential
from mostovi.exchange.sealing.seal import CannotSeal
from mostovi.exchange.sealing.time_stamps import NoTimeStamp, TimeStampAuthority
from mostovi.exchange.verification.containers import HOSTILE, digest
from mostovi.exchange.verification.encoding import SignedParts, encode_signed_data, split_elements

# It warns at each seal that revocation lists are not fetched from the network; ours come from files.
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)

_RESERVED_DIGITS = 2 * 8192  # our signatures take 3 KB; tokens of other authorities are up to 5 KB larger


@dataclass(frozen=True)
class SealWords:
    """What a PDF reader shows about the seal."""

    reason: str
    location: str
    field_name: str
    code: str | None


def sign(
    pdf: bytes,
    *,
    credential: SealingCredential,
    time_stamper: TimeStampAuthority,
    words: SealWords,
    sealed_at: datetime,
) -> bytes:
    """The PDF with one certifying PAdES signature. Raises CannotSeal, CredentialNotValid or NoTimeStamp."""
    try:
        writer = _open(pdf)
        if words.code is not None:
            _write_code(writer, words.code, sealed_at)
        return asyncio.run(_sign(writer, credential, time_stamper, words, sealed_at))
    except TimestampRequestError as trouble:
        raise NoTimeStamp(str(trouble)) from trouble
    except SigningError as trouble:
        raise CredentialNotValid from trouble
    except (PathBuildingError, ValidationError) as trouble:
        raise NoTimeStamp(f"the authority's certificate is not trusted: {trouble}") from trouble


def _open(pdf: bytes) -> IncrementalPdfFileWriter:
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
    except (PdfError, ValueError, KeyError, TypeError, RecursionError) as trouble:
        raise CannotSeal from trouble
    if writer.prev.encrypted:
        raise CannotSeal
    return writer


def _write_code(writer: IncrementalPdfFileWriter, code: str, sealed_at: datetime) -> None:
    """Into the page-piece dictionary, PDF's place for an application's own data (ISO 32000-2 §14.5)."""
    piece = generic.DictionaryObject(
        {
            generic.pdf_name("/LastModified"): generic.pdf_date(sealed_at),
            generic.pdf_name("/Private"): generic.DictionaryObject(
                {generic.pdf_name("/MostoviCode"): generic.TextStringObject(code)}
            ),
        }
    )
    pieces = generic.DictionaryObject({generic.pdf_name("/Mostovi"): piece})
    writer.root[generic.pdf_name("/PieceInfo")] = pieces
    writer.update_root()


async def _sign(
    writer: IncrementalPdfFileWriter,
    credential: SealingCredential,
    time_stamper: TimeStampAuthority,
    words: SealWords,
    sealed_at: datetime,
) -> bytes:
    """``PdfSigner.async_sign_pdf`` in its single steps, since only the session takes our time."""
    pdf_signer = signers.PdfSigner(
        _metadata(credential, words, sealed_at),
        _signer(credential),
        timestamper=_Stamper(time_stamper),
        new_field_spec=SigFieldSpec(words.field_name),
    )
    session = pdf_signer.init_signing_session(writer)
    session.system_time = sealed_at
    validation = await session.perform_presign_validation(writer)
    to_be_signed = session.prepare_tbs_document(validation_info=validation, bytes_reserved=_RESERVED_DIGITS)
    output = BytesIO()
    prepared, _ = to_be_signed.digest_tbs_document(output=output)
    await to_be_signed.perform_signature(
        document_digest=prepared.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=sealed_at),
    )
    return output.getvalue()


def _metadata(
    credential: SealingCredential, words: SealWords, sealed_at: datetime
) -> signers.PdfSignatureMetadata:
    lists = credential.revocation_lists_der()
    return signers.PdfSignatureMetadata(
        field_name=words.field_name,
        md_algorithm="sha256",
        location=words.location,
        reason=words.reason,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        embed_validation_info=bool(lists),
        validation_context=ValidationContext(
            trust_roots=[x509.Certificate.load(credential.root_der())],
            other_certs=[x509.Certificate.load(der) for der in credential.chain_der()],
            crls=lists,
            moment=sealed_at,
            allow_fetching=False,
            revocation_mode="require" if lists else "soft-fail",
        ),
        # Evidence inside the signed revision: appended afterwards it would be bytes that no seal covers.
        dss_settings=DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    )


def _signer(credential: SealingCredential) -> signers.SimpleSigner:
    _, _, key = pem.unarmor(credential.key_pem)
    _, _, certificate = pem.unarmor(credential.certificate_pem)
    store = SimpleCertificateStore()
    store.register_multiple(x509.Certificate.load(der) for der in credential.chain_der())
    return _Signer(
        signing_cert=x509.Certificate.load(certificate),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=store,
        embed_roots=False,
    )


class _Signer(signers.SimpleSigner):
    """Lets pyHanko name the attributes; encodes the signature itself, for the reason in ``encoding``."""

    async def async_sign_prescribed_attributes(  # type: ignore[override] # PDF signatures may be bytes
        self, digest_algorithm: str, signed_attrs: cms.CMSAttributes, **options: Any
    ) -> bytes:
        stamper: _Stamper = options["timestamper"]
        attributes = signed_attrs.dump()
        signature = self.sign_raw(attributes, digest_algorithm)
        return encode_signed_data(
            SignedParts(
                content_type="data",
                certificate=_as_pyca(self.signing_cert),
                other_certificates=tuple(map(_as_pyca, self.cert_registry)),
                algorithm=digest_algorithm,
                attributes=signed_attrs.contents,
                signature=signature,
                time_stamp=stamper.stamp(signature),
            )
        )


class _Stamper(TimeStamper):
    """Lets pyHanko ask any TimeStampAuthority."""

    def __init__(self, authority: TimeStampAuthority) -> None:
        super().__init__()
        self._authority = authority

    def stamp(self, signature: bytes) -> bytes:
        """The DER token over ``signature``. Raises NoTimeStamp or TimestampRequestError."""
        nonce, query = self.request_cms(digest("sha256", signature), "sha256")
        reply = self._authority.request(query.dump())
        handle_tsp_response(_read_response(reply), nonce)
        _, token = split_elements(tsp.TimeStampResp.load(reply).contents)
        return token

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return _read_response(self._authority.request(req.dump()))


def _read_response(reply: bytes) -> tsp.TimeStampResp:
    try:
        response = tsp.TimeStampResp.load(reply, strict=True)
        if response["status"]["status"].native == "granted":
            content = response["time_stamp_token"]["content"]["encap_content_info"]["content"]
            content.parsed["nonce"].native  # noqa: B018 # asn1crypto parses when asked
    except HOSTILE as trouble:
        raise NoTimeStamp("the reply is not a time-stamp response") from trouble
    return response


def _as_pyca(certificate: x509.Certificate) -> pyca_x509.Certificate:
    return pyca_x509.load_der_x509_certificate(certificate.dump())
