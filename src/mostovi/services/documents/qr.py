"""Reading the square code out of a photograph, which may be anything a stranger sends."""

import time
import warnings
from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps

from mostovi.kernel.errors import Invalid

LARGEST_BYTES = 12_000_000
MOST_PIXELS = 40_000_000
# Of a JPEG only as much is unpacked as is looked at; a picture of another kind is unpacked whole.
MOST_PIXELS_UNPACKED = 16_000_000
_WORKING_SIDE = 2400
_SHRINKABLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_QR = zxingcpp.barcode_formats_from_str("QRCode")
_LONGEST_TEXT = 4_000
# A photograph takes a tenth of it; a picture made of nothing but corners of square codes, ten times as much.
_SECONDS_FOR_A_SECOND_LOOK = 0.5


class PictureUnreadable(Invalid):
    code = "picture_unreadable"
    message = "This file is not a picture we can read. Take a photograph of the paper and try again."


class PictureTooLarge(PictureUnreadable):
    code = "picture_too_large"
    message = "This picture is too large. Photograph only the square code and try again."


def read_qr(image_bytes: bytes) -> str | None:
    """The text of the QR code in a picture, or None when there is none. Raises PictureUnreadable."""
    picture = _open(image_bytes)
    started = time.thread_time()
    text = _find_code(picture)
    if text is None and time.thread_time() - started < _SECONDS_FOR_A_SECOND_LOOK:
        text = _find_code(ImageOps.autocontrast(picture, cutoff=2))
    return text


def _find_code(picture: Image.Image) -> str | None:
    codes = zxingcpp.read_barcodes(picture, formats=_QR, try_rotate=True, try_downscale=True)
    return next((str(code.text) for code in codes if code.text and len(code.text) <= _LONGEST_TEXT), None)


def _open(image_bytes: bytes) -> Image.Image:
    """A grey picture of bounded size. Its header is read before a single pixel is unpacked."""
    if len(image_bytes) > LARGEST_BYTES:
        raise PictureTooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(BytesIO(image_bytes), formats=_FORMATS)
            _check_pixels(picture)
            picture.draft("L", (_WORKING_SIDE, _WORKING_SIDE))
            grey = ImageOps.exif_transpose(_on_white(_shrunk(picture)).convert("L"))
    except PictureUnreadable:
        raise
    # Pillow's decoders raise nearly anything on broken files; all of it means the same here.
    except Exception:  # noqa: BLE001
        raise PictureUnreadable from None
    return grey


def _check_pixels(picture: Image.Image) -> None:
    width, height = picture.size
    most = MOST_PIXELS if picture.format == "JPEG" else MOST_PIXELS_UNPACKED
    if width * height > most or min(width, height) < 1:
        raise PictureTooLarge


def _shrunk(picture: Image.Image) -> Image.Image:
    """At its working size as early as possible: each later step makes a copy."""
    if picture.mode in {"P", "PA"}:
        shrunk = picture.convert("RGBA")
    else:
        shrunk = picture if picture.mode in _SHRINKABLE else picture.convert("L")
    shrunk.thumbnail((_WORKING_SIDE, _WORKING_SIDE))
    return shrunk


def _on_white(picture: Image.Image) -> Image.Image:
    """A transparent background counts as paper."""
    if picture.mode not in {"RGBA", "LA"}:
        return picture
    solid = picture.convert("RGBA")
    paper = Image.new("RGBA", solid.size, "white")
    paper.alpha_composite(solid)
    return paper
