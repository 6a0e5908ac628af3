"""What is said of a PDF: genuine only if every byte is as it was sealed; and hostile files crash nothing."""

import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sealed_documents as made
from asn1crypto import cms, x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from effort import examples
from mostovi.demo.authorities import issuing
from mostovi.demo.authorities.key_files import read_issued
from mostovi.exchange.sealing.seal import seal_document
from mostovi.exchange.verification import containers, revocation
from mostovi.exchange.verification.alteration import changed_words, describe_alteration
from mostovi.exchange.verification.documents import verify_document
from mostovi.exchange.verification.encoding import element
from mostovi.exchange.verification.seals import locate_seals
from mostovi.exchange.verification.values import Verdict


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> made.Sealed:
    return made.seal_one(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def keys(document: made.Sealed) -> Path:
    return document.keys


@pytest.fixture(scope="module")
def root(document: made.Sealed) -> bytes:
    return document.root


@pytest.fixture(scope="module")
def sealed(document: made.Sealed) -> bytes:
    return document.pdf


def verdict_on(pdf: bytes, root: bytes) -> Verdict:
    return verify_document(pdf, trust_root=root, now=made.LATER)


def said(verdict: Verdict) -> str:
    return "\n".join(map(str, (*verdict.proved, *verdict.unproved, *verdict.false)))


def test_a_sealed_document_is_genuine(sealed: bytes, root: bytes) -> None:
    verdict = verdict_on(sealed, root)
    assert verdict.state == "genuine"
    assert verdict.issuer == "Centre for Social Work Tuzla"
    assert verdict.issuer_code == "tuzla-social-work"
    assert verdict.issued_at == made.SEALED_AT
    assert verdict.code == made.CODE
    assert verdict.false == ()


def test_the_verdict_separates_what_is_proved_from_what_is_not(sealed: bytes, root: bytes) -> None:
    verdict = verdict_on(sealed, root)
    proved = "\n".join(map(str, verdict.proved))
    unproved = "\n".join(map(str, verdict.unproved))
    assert "Centre for Social Work Tuzla made the seal" in proved
    assert "no later than 9 December 2026 at 10:05:00 UTC" in proved
    assert "Every byte" in proved
    assert "not withdrawn" in proved
    assert "still in force" in unproved
    assert "not qualified" in unproved


def test_another_root_does_not_vouch_for_it(sealed: bytes, tmp_path: Path) -> None:
    other = made.made_keys(tmp_path) / "root.pem"
    verdict = verdict_on(sealed, other.read_bytes())
    assert verdict.state == "not_ours"
    assert verdict.issuer is None


def test_a_certificate_inside_the_file_never_becomes_the_root(sealed: bytes, keys: Path) -> None:
    own = (keys / "tuzla-social-work" / "sealing.pem").read_bytes()
    assert verdict_on(sealed, own).state != "genuine"


@settings(max_examples=examples(150), deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(position: float, flip: int, document: made.Sealed) -> None:
    sealed, root = document.pdf, document.root
    changed = bytearray(sealed)
    changed[int(position * len(sealed))] ^= flip
    assert verdict_on(bytes(changed), root).state != "genuine"


@settings(max_examples=examples(150), deadline=None)
@given(
    position=st.floats(0, 1),
    removed=st.integers(0, 3),
    put_in=st.one_of(
        st.binary(max_size=20), st.sampled_from([b"%%EOF\n", b"startxref\n0\n", b">>", b"endobj"])
    ),
)
def test_nothing_is_removed_or_put_in_unnoticed(
    position: float, removed: int, put_in: bytes, document: made.Sealed
) -> None:
    place = int(position * len(document.pdf))
    changed = document.pdf[:place] + put_in + document.pdf[place + removed :]
    assert changed == document.pdf or verdict_on(changed, document.root).state != "genuine"


@pytest.mark.parametrize("zeros", [2, 20])
def test_zeros_taken_out_of_the_padding_do_not_go_unnoticed(document: made.Sealed, zeros: int) -> None:
    (seal,) = locate_seals(document.pdf)
    end = seal.gap_end - 1
    shorter = document.pdf[: end - zeros] + document.pdf[end:]
    assert verdict_on(shorter, document.root).state == "altered"
    longer = document.pdf[:end] + b"0" * zeros + document.pdf[end:]
    assert verdict_on(longer, document.root).state == "altered"


@settings(max_examples=examples(250), deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@example(position=0, flip=0x20)
def test_no_changed_byte_in_the_signature_itself_goes_unnoticed(
    position: float, flip: int, document: made.Sealed
) -> None:
    sealed, root = document.pdf, document.root
    (seal,) = locate_seals(sealed)
    changed = bytearray(sealed)
    changed[seal.gap_start + int(position * (seal.gap_end - seal.gap_start))] ^= flip
    assert verdict_on(bytes(changed), root).state != "genuine"


@settings(max_examples=examples(150), deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), value=st.integers(1, 255))
def test_no_changed_byte_of_the_decoded_signature_goes_unnoticed(
    position: float, value: int, document: made.Sealed
) -> None:
    sealed, root = document.pdf, document.root
    (seal,) = locate_seals(sealed)
    der = bytearray(seal.container(sealed))
    der[int(position * len(der))] ^= value
    digits = bytes(der).hex().upper().encode()
    changed = sealed[: seal.gap_start + 1] + digits + sealed[seal.gap_start + 1 + len(digits) :]
    assert len(changed) == len(sealed)
    assert verdict_on(changed, root).state != "genuine"


def test_each_hexadecimal_letter_in_lower_case_is_noticed(sealed: bytes, root: bytes) -> None:
    (seal,) = locate_seals(sealed)
    gap = sealed[seal.gap_start : seal.gap_end].lower()
    assert verdict_on(sealed[: seal.gap_start] + gap + sealed[seal.gap_end :], root).state == "altered"


def test_a_certificate_slipped_into_the_container_is_noticed(sealed: bytes, root: bytes, keys: Path) -> None:
    (seal,) = locate_seals(sealed)
    outer = cms.ContentInfo.load(seal.container(sealed))
    stranger = made.credential_of(keys, "zenica-registrar").certificate().public_bytes(Encoding.DER)
    outer["content"]["certificates"].append(
        cms.CertificateChoices(name="certificate", value=x509.Certificate.load(stranger))
    )
    der = outer.dump()
    gap = b"<" + der.hex().upper().encode().ljust(seal.gap_end - seal.gap_start - 2, b"0") + b">"
    assert len(gap) == seal.gap_end - seal.gap_start
    verdict = verdict_on(sealed[: seal.gap_start] + gap + sealed[seal.gap_end :], root)
    assert verdict.state != "genuine"


def test_a_changed_byte_is_reported_with_the_bytes_the_seal_covers(sealed: bytes, root: bytes) -> None:
    changed = bytearray(sealed)
    changed[600] ^= 1
    verdict = verdict_on(bytes(changed), root)
    (seal,) = locate_seals(sealed)
    assert verdict.state == "altered"
    assert verdict.issuer == "Centre for Social Work Tuzla"
    assert f"bytes 0–{seal.gap_start - 1} and {seal.gap_end}–{len(sealed) - 1} differs" in said(verdict)


def test_appended_bytes_are_counted(sealed: bytes, root: bytes) -> None:
    verdict = verdict_on(sealed + b"\n% a note\n%%EOF\n", root)
    assert verdict.state == "altered"
    assert f"16 bytes were added after the document was sealed, from byte {len(sealed)} on" in said(verdict)


def test_one_appended_byte_is_one_byte(sealed: bytes, root: bytes) -> None:
    verdict = verdict_on(sealed + b"\n", root)
    assert f"1 byte was added after the document was sealed, at byte {len(sealed)}." in said(verdict)


def test_a_revision_that_replaces_a_page_is_described_in_words(
    sealed: bytes, root: bytes, keys: Path
) -> None:
    # Both files number the signs of their fonts from 1: the digits of 811 stand where 188 stands in ours.
    other = made.plain_document(made.PAGES.replace("118 KM", "811 KM"))
    writer = IncrementalPdfFileWriter(BytesIO(sealed), strict=False)
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    contents = contents_of_first_page(other)
    page[generic.pdf_name("/Contents")] = writer.add_object(contents)
    writer.update_container(page)
    output = BytesIO()
    writer.write(output)
    verdict = verdict_on(output.getvalue(), root)
    assert verdict.state == "altered"
    assert "Page 1: “118” became “188”." in said(verdict)


def contents_of_first_page(pdf: bytes) -> generic.StreamObject:
    page = PdfFileReader(BytesIO(pdf), strict=False).root["/Pages"]["/Kids"][0].get_object()
    return generic.StreamObject(stream_data=page["/Contents"].data)


def test_a_second_seal_by_a_stranger_does_not_hide_the_first(
    sealed: bytes, root: bytes, tmp_path: Path
) -> None:
    stranger = made.made_keys(tmp_path)
    (seal,) = locate_seals(sealed)
    foreign = made.sealed(stranger)
    (their_seal,) = locate_seals(foreign)
    appended = sealed + foreign[their_seal.gap_start - 200 :]
    assert verdict_on(appended, root).state == "altered"
    assert seal.covered_end == len(sealed)


def test_a_stranger_who_takes_our_names_is_not_believed(root: bytes, tmp_path: Path) -> None:
    assert verdict_on(made.sealed(made.made_keys(tmp_path)), root).state == "not_ours"


def test_without_revocation_lists_a_withdrawal_is_left_open(keys: Path, root: bytes) -> None:
    assert "no list of withdrawn certificates" in said(verdict_on(sealed_without_lists(keys), root))


def test_a_certificate_withdrawn_before_sealing_makes_the_document_false(keys: Path, root: bytes) -> None:
    pdf = sealed_without_lists(keys)
    serial = made.credential_of(keys).certificate().serial_number
    withdrawn = issuing.revocation_list(
        read_issued(keys / "root"), number=9, now=made.KEYS_MADE_AT, revoked=[serial]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revocation, "_embedded", lambda _: [withdrawn.public_bytes(Encoding.DER)])
        verdict = verdict_on(pdf, root)
    assert verdict.state == "altered"
    assert "had been withdrawn on 21 November 2026" in said(verdict)


def sealed_without_lists(keys: Path) -> bytes:
    credential = made.credential_of(keys)
    return seal_document(
        made.plain_document(),
        credential=replace(credential, revocation_lists_pem=b""),
        time_stamper=made.LocalAuthority(keys),
        reason=made.REASON,
        location="Tuzla",
        sealed_at=made.SEALED_AT,
    )


def test_a_document_from_the_future_is_not_called_genuine(sealed: bytes, root: bytes) -> None:
    verdict = verify_document(sealed, trust_root=root, now=made.SEALED_AT - timedelta(days=1))
    assert verdict.state == "unusable"
    assert "after the time for which it is checked" in said(verdict)


def test_long_after_the_certificate_expired_the_time_stamp_still_speaks(sealed: bytes, root: bytes) -> None:
    verdict = verify_document(sealed, trust_root=root, now=made.SEALED_AT + timedelta(days=2000))
    assert verdict.state == "genuine"
    assert "before its certificate expired" in said(verdict)


def test_a_root_file_without_a_certificate_is_an_error_of_the_caller(sealed: bytes) -> None:
    with pytest.raises(ValueError, match="PEM"):
        verify_document(sealed, trust_root=b"nothing", now=made.LATER)


BOMB = zlib.compress(bytes(50_000_000), 9)


def bomb() -> bytes:
    stream = b"1 0 obj\n<</Length %d/Filter/FlateDecode/Type/ObjStm/N 9/First 9>>stream\n" % len(BOMB)
    return b"%PDF-1.7\n" + stream + BOMB + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"


def hostile() -> dict[str, bytes]:
    pdf = made.plain_document()
    return {
        "nothing": b"",
        "not a PDF": b"GIF89a" + bytes(1000),
        "ten million zeros": bytes(10_000_000),
        "truncated": pdf[: len(pdf) // 2],
        "a table that is not there": b"%PDF-1.7\nstartxref\n4000000000\n%%EOF",
        "a huge table": b"%PDF-1.7\nxref\n0 9999999999\ntrailer\n<</Size 9999999999>>\nstartxref\n0\n%%EOF",
        "encrypted": pdf.replace(b"/Root", b"/Encrypt 9 0 R/Root"),
        "a damaged seal": b"%PDF-1.7\n/ByteRange [0 10 99999999999 5]\nxref\nstartxref\n41\n%%EOF",
        "nested brackets": b"%PDF-1.7\n" + b"[" * 1_000_000 + b"\n%%EOF",
        "a thousand seals": b"%PDF-1.7\n" + b"/ByteRange [0 20 90 1]" * 100_000 + b"\n%%EOF",
        "endless white space": b"%PDF-1.7\n/ByteRange" + b" " * 5_000_000 + b"[\n%%EOF",
        "open hexadecimal": b"%PDF-1.7\n" + b"<" + b"A" * 5_000_000 + b"\n%%EOF",
        "too large": b"%PDF-1.7\n" + bytes(21 * 1024 * 1024),
    }


@pytest.mark.parametrize("name", list(hostile()))
def test_a_hostile_file_is_unusable_and_found_so_quickly(name: str, root: bytes) -> None:
    pdf = hostile()[name]
    started = time.process_time()
    assert verdict_on(pdf, root).state == "unusable"
    assert time.process_time() - started < 2


def test_a_compression_bomb_is_never_opened(root: bytes, sealed: bytes) -> None:
    started = time.process_time()
    assert verdict_on(bomb(), root).state in {"unusable", "not_ours"}
    assert verdict_on(sealed + bomb(), root).state == "altered"
    assert time.process_time() - started < 5


TAIL = 9_500_000


def hostile_tails() -> dict[str, bytes]:
    """What somebody appends to a genuine document of ours so that its check takes long."""
    ending = b"\nstartxref\n5\n%%EOF\n"
    return {
        "letters": b"A" * TAIL,
        "letters with an ending": b"A" * TAIL + ending,
        "line feeds": b"\n" * TAIL,
        "spaces": b" " * TAIL + b"%%EOF",
        "endings": b"%%EOF\n" * (TAIL // 6),
        "starts of tables": b"startxref\n0\n%%EOF\n" * (TAIL // 18),
        "a long number": b"\nstartxref\n" + b"1" * TAIL + b"\n%%EOF",
        "open brackets": b"\n9000 0 obj\n" + b"[" * TAIL + ending,
        "open dictionaries": b"\n9000 0 obj\n" + b"<<" * (TAIL // 2) + ending,
        "open strings": b"\n9000 0 obj\n" + b"(" * TAIL + ending,
        "a huge table": b"\nxref\n0 400000\n" + b"0000000000 00000 n \n" * 400_000 + ending,
        "hexadecimal runs": (b"<" + b"A" * 1100) * (TAIL // 1101),
        "a hexadecimal run": b"<" + b"0" * TAIL + b">",
        "a thousand seals": b"/ByteRange [0 20 90 1]" * (TAIL // 22),
        "seals with huge gaps": b"".join(b"/ByteRange [0 %d 9000000 1]" % each for each in range(2000, 2008))
        + b"0" * TAIL,
    }


@pytest.mark.parametrize("name", list(hostile_tails()))
def test_a_hostile_tail_of_ten_megabytes_is_found_within_half_a_second(
    name: str, sealed: bytes, root: bytes
) -> None:
    pdf = sealed + hostile_tails()[name]
    started = time.thread_time()
    verdict = verdict_on(pdf, root)
    assert time.thread_time() - started < 0.5
    assert verdict.state == "altered"
    assert "were added after the document was sealed" in said(verdict)


def stream(content: bytes, more: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (len(packed), more, packed)


def revision(sealed: bytes, objects: dict[int, bytes]) -> bytes:
    """The document with a revision whose root is the first of ``objects``."""
    made, table = sealed + b"\n", b""
    for number, content in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    before = int(sealed[sealed.rindex(b"startxref") + 9 :].split()[0])
    return made + b"xref\n%strailer\n<</Size 9999/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        next(iter(objects)),
        before,
        len(made),
    )


def chained(sealed: bytes, links: int, section: Callable[[int, int], bytes]) -> bytes:
    """A document with so many tables, each of which leads to the one before."""
    made, before = sealed + b"\n", 0
    for number in range(links):
        at = len(made)
        made += section(number, before)
        before = at
    return made + b"startxref\n%d\n%%%%EOF\n" % before


ENTRIES = bytes(3 * 80_000)


def hostile_revisions(sealed: bytes) -> dict[str, bytes]:
    """Revisions that a reader of PDF would take long to open."""
    catalogue = b"<</Type/Catalog/Pages 9001 0 R>>"
    forty = b"<</Type/Pages/Kids[" + b"9002 0 R " * 40 + b"]>>"
    fonts = b"".join(b"/F%d 9004 0 R" % number for number in range(64))
    return {
        "pages that hold themselves": revision(
            sealed, {9000: catalogue, 9001: b"<</Kids[" + b"9001 0 R " * 40 + b"]>>"}
        ),
        "a page that unpacks to very much": revision(
            sealed,
            {
                9000: catalogue,
                9001: forty,
                9002: b"<</Resources<<>>/Contents[" + b"9003 0 R " * 1000 + b"]>>",
                9003: stream(b"(" * 4_000_000),
            },
        ),
        "fonts that never end": revision(
            sealed,
            {
                9000: catalogue,
                9001: forty,
                9002: b"<</Resources<</Font<<" + fonts + b">>>>/Contents 9003 0 R>>",
                9003: stream(b"x"),
                9004: b"<</ToUnicode 9005 0 R>>",
                9005: stream(b"beginbfchar " * 10_000),
            },
        ),
        "deeply nested": revision(sealed, {9000: b"<</Pages " * 90_000}),
        "references to references": revision(
            sealed,
            {9000: catalogue, **{9001 + each: b"%d 0 R" % (9002 + each) for each in range(8000)}},
        ),
        "nothing but spaces": revision(sealed, {9000: b"<</Pages " + b" " * 900_000 + b">>"}),
        "a long string": revision(sealed, {9000: b"<</Pages (" + b"\\0" * 450_000 + b")>>"}),
        "a thousand tables": chained(
            sealed,
            9000,
            lambda number, before: (
                b"xref\n9 1\n%010d 00000 n \ntrailer\n<</Size 9/Root 1 0 R/Prev %d>>\n" % (number, before)
            ),
        ),
        "packed tables": chained(
            sealed,
            200,
            lambda number, before: (
                b"%d 0 obj\n" % (9000 + number)
                + stream(ENTRIES, b"/Type/XRef/W[1 1 1]/Size 80000/Root 1 0 R/Prev %d" % before)
                + b"\nendobj\n"
            ),
        ),
    }


@pytest.mark.parametrize(
    "name", list(hostile_revisions(b"%PDF-1.7\nstartxref\n0\n%%EOF")), ids=lambda name: name
)
def test_a_hostile_revision_is_not_read_for_long(name: str, sealed: bytes, root: bytes) -> None:
    pdf = hostile_revisions(sealed)[name]
    started = time.thread_time()
    assert verdict_on(pdf, root).state == "altered"
    assert time.thread_time() - started < 0.8


def test_a_seal_described_many_times_is_examined_once(sealed: bytes) -> None:
    (seal,) = locate_seals(sealed)
    described = b"\n/ByteRange [0 %d %d %d]" % (
        seal.gap_start,
        seal.gap_end,
        seal.covered_end - seal.gap_end,
    )
    assert locate_seals(sealed + described * 6) == [seal]


def test_a_container_with_thousands_of_attributes_is_put_away_quickly(sealed: bytes) -> None:
    (seal,) = locate_seals(sealed)
    signed = cms.ContentInfo.load(seal.container(sealed))["content"]
    signer = signed["signer_infos"][0]
    spare = b"".join(
        element(0x30, element(0x06, bytes((0x2A, 0x83, 0x84, 0x80 | each >> 7, each & 0x7F))), element(0x31))
        for each in range(4000)
    )
    changed = element(
        0x30,
        signer["version"].dump(),
        signer["sid"].dump(),
        signer["digest_algorithm"].dump(),
        element(0xA0, signer["signed_attrs"].contents + spare),
        signer["signature_algorithm"].dump(),
        signer["signature"].dump(),
    )
    whole = element(
        0x30,
        cms.ContentType("signed_data").dump(),
        element(
            0xA0,
            element(
                0x30,
                signed["version"].dump(),
                signed["digest_algorithms"].dump(),
                signed["encap_content_info"].dump(),
                element(0xA0, signed["certificates"].contents),
                element(0x31, changed),
            ),
        ),
    )
    started = time.thread_time()
    with pytest.raises(containers.Unreadable):
        containers.read_container(whole, "data")
    assert time.thread_time() - started < 0.1


def test_a_pdf_that_nobody_sealed_is_not_ours(root: bytes) -> None:
    verdict = verdict_on(made.plain_document(), root)
    assert verdict.state == "not_ours"
    assert "no seal" in said(verdict)


def test_a_truncated_sealed_document_is_unusable(sealed: bytes, root: bytes) -> None:
    (seal,) = locate_seals(sealed)
    verdict = verdict_on(sealed[: seal.gap_end + 300], root)
    assert verdict.state == "unusable"
    assert "its end is missing" in said(verdict)


# What the end of a PDF file is made of, to be put together in a wrong way.
PIECES = [
    *("1 0 obj", "<</Type/Catalog>>", "<</Type/XRef/W[1 1 1]/Size 9>>", "endobj", "stream", "endstream"),
    *("xref", "0 0", "0 2", "0000000000 65535 f ", "0000000009 00000 n ", "trailer<</Root 1 0 R>>"),
    *("trailer<</Prev 0/Size 1>>", "<<", ">>", "[", "]", "(", "startxref", "0", "-1", "%%EOF"),
]


@settings(max_examples=examples(100), deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14), skipped=st.integers(0, 60))
@example(
    pieces=["1 0 obj", "<</Type/Catalog>>", "endobj", "xref", "0 0", "trailer<</Root 1 0 R>>"], skipped=0
)
def test_whatever_is_appended_to_a_sealed_document_it_is_altered_and_nothing_else(
    pieces: list[str], skipped: int, document: made.Sealed
) -> None:
    tail = "\n".join(["", *pieces, "startxref", str(len(document.pdf) + skipped), "%%EOF", ""])
    assert verdict_on(document.pdf + tail.encode(), document.root).state == "altered"


@settings(max_examples=examples(100), deadline=None)
@given(junk=st.binary(max_size=4000))
def test_junk_in_the_signatures_place_crashes_nothing(junk: bytes, document: made.Sealed) -> None:
    sealed, root = document.pdf, document.root
    (seal,) = locate_seals(sealed)
    digits = junk.hex().upper().encode()[: seal.gap_end - seal.gap_start - 2]
    changed = sealed[: seal.gap_start + 1] + digits + sealed[seal.gap_start + 1 + len(digits) :]
    assert changed == sealed or verdict_on(changed, root).state != "genuine"


def test_equal_files_have_no_alteration(sealed: bytes) -> None:
    assert describe_alteration(sealed, sealed) is None


def test_an_alteration_in_the_seal_is_named_so(sealed: bytes) -> None:
    (seal,) = locate_seals(sealed)
    changed = bytearray(sealed)
    changed[seal.gap_start + 50] ^= 1
    alteration = describe_alteration(sealed, bytes(changed))
    assert alteration is not None
    assert (alteration.part, alteration.page, alteration.count) == ("seal", None, 1)


def test_appended_bytes_are_an_alteration_from_the_old_end_on(sealed: bytes) -> None:
    alteration = describe_alteration(sealed, sealed + b"xyz")
    assert alteration is not None
    assert (alteration.offset, alteration.count, alteration.old_byte) == (len(sealed), 3, None)
    assert alteration.part == "appended"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Iznos: 118 KM mjesečno", "Iznos: 178 KM mjesečno", ("118", "178")),
        ("isto", "isto", ("", "")),
        ("a b c", "a c", ("b", "")),
        ("a a", "a a a", ("", "a")),
    ],
)
def test_the_changed_words_are_the_shortest_run(old: str, new: str, expected: tuple[str, str]) -> None:
    assert changed_words(old, new) == expected


def test_a_file_with_a_thousand_oddities_does_not_fill_the_logs(
    sealed: bytes, root: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    before = sealed.rpartition(b"startxref")[2].split()[0]
    trailer = b"xref\n0 0\ntrailer\n<< /Size 99 /Root 1 0 R /Prev " + before + b" /A 1" * 1000 + b" >>\n"
    odd = sealed + trailer + b"startxref\n%d\n%%%%EOF\n" % len(sealed)
    assert verdict_on(odd, root).state != "genuine"
    assert caplog.records == []
