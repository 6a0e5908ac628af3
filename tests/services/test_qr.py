import struct
import time
import zlib
from contextlib import suppress

import pytest
from documents_made import HAS_POPPLER, URL, as_file, decision, extract, picture_of
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from effort import examples
from mostovi.services.documents import PictureUnreadable, read_qr
from mostovi.services.documents.qr import LARGEST_BYTES, PictureTooLarge

needs_poppler = pytest.mark.skipif(not HAS_POPPLER, reason="pdftoppm (poppler-utils) is not here")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    if not HAS_POPPLER:
        pytest.skip("pdftoppm (poppler-utils) is not here")
    return picture_of(extract("bs"), tmp_path_factory.mktemp("page"), 200)


def test_the_code_on_a_printed_page_is_read(page):
    assert read_qr(as_file(page, "PNG")) == URL


@pytest.mark.parametrize("angle", [3, -8, 17, 90, 180, 271])
def test_a_crooked_photograph_is_read(page, angle):
    assert read_qr(as_file(page.rotate(angle, expand=True, fillcolor=200))) == URL


def test_a_blurred_photograph_is_read(page):
    assert read_qr(as_file(page.filter(ImageFilter.GaussianBlur(1.6)))) == URL


def test_a_dark_flat_small_photograph_is_read(page):
    dull = ImageEnhance.Brightness(ImageEnhance.Contrast(page).enhance(0.4)).enhance(0.6)
    small = dull.resize((int(dull.width * 0.75), int(dull.height * 0.75)))
    assert read_qr(as_file(small.rotate(5, fillcolor=90), quality=60)) == URL


def test_a_photograph_of_a_screen_in_the_dark_is_read(page):
    assert read_qr(as_file(ImageOps.invert(page))) == URL


def test_a_transparent_picture_counts_as_paper(page):
    clear = Image.new("RGBA", page.size, (0, 0, 0, 0))
    clear.paste(Image.new("RGBA", page.size, "black"), mask=ImageOps.invert(page))
    assert read_qr(as_file(clear, "PNG")) == URL


@needs_poppler
def test_the_code_of_a_decision_is_read(tmp_path):
    assert read_qr(as_file(picture_of(decision("sr-Cyrl"), tmp_path))) == URL


def test_a_picture_without_a_code_gives_none():
    assert read_qr(as_file(Image.new("L", (400, 300), 255))) is None
    assert read_qr(as_file(Image.effect_noise((400, 300), 80))) is None


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"%PDF-1.7 no", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"GIF89a"]
)
def test_what_is_no_picture_is_refused_with_a_sentence(content):
    with pytest.raises(PictureUnreadable) as refusal:
        read_qr(content)
    assert refusal.value.sentence().endswith(".")


def test_a_picture_cut_off_is_refused(page):
    whole = as_file(page, "PNG")
    with pytest.raises(PictureUnreadable):
        read_qr(whole[: len(whole) // 3])


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is huge."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = zlib.compress(b"\0" * min((width // 8 + 1) * height, 2_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"), [(60_000, 60_000), (8_000, 6_000), (40_000_001, 1), (2**31 - 1, 2)]
)
def test_a_picture_that_unpacks_to_very_much_is_refused_before_it_is_unpacked(width, height):
    started = time.perf_counter()
    with pytest.raises(PictureUnreadable):
        read_qr(bomb(width, height))
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF"])
def test_a_picture_that_is_unpacked_whole_may_be_less_large_than_a_photograph(kind):
    with pytest.raises(PictureTooLarge):
        read_qr(as_file(Image.new("L", (4100, 4100), 255), kind))
    assert read_qr(as_file(Image.new("L", (4100, 4100), 255), "JPEG")) is None


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_each_kind_are_opened(mode):
    assert read_qr(as_file(Image.new(mode, (3000, 2600)), "PNG")) is None


def test_a_picture_made_of_corners_of_square_codes_is_not_looked_at_for_long():
    """Once: a second look, with more contrast, would take as long again."""
    corners = Image.new("L", (2400, 2400), 255)
    corner = Image.new("L", (14, 14), 0)
    corner.paste(255, (2, 2, 12, 12))
    corner.paste(0, (4, 4, 10, 10))
    for place in range(150 * 150):
        corners.paste(corner, (place % 150 * 16, place // 150 * 16))
    started = time.thread_time()
    assert read_qr(as_file(corners, "PNG")) is None
    assert time.thread_time() - started < 4


def test_a_file_too_large_is_not_even_opened():
    with pytest.raises(PictureTooLarge):
        read_qr(b"\xff" * (LARGEST_BYTES + 1))


@pytest.mark.parametrize("kind", ["PPM", "EPS", "ICO", "PCX", "TGA"])
def test_rare_formats_are_not_opened(page, kind):
    with pytest.raises(PictureUnreadable):
        read_qr(as_file(page.resize((200, 200)).convert("RGB"), kind))


@settings(max_examples=examples(80), deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0"]),
)
def test_any_bytes_are_read_or_refused(content, start):
    with suppress(PictureUnreadable):
        assert read_qr(start + content) is None


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_a_picture_garbled_anywhere_is_read_or_refused(place, noise):
    whole = bytearray(as_file(Image.effect_noise((80, 80), 60)))
    place %= len(whole)
    whole[place : place + len(noise)] = noise
    with suppress(PictureUnreadable):
        read_qr(bytes(whole))
