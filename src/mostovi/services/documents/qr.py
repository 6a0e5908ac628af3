"""Reading the square code out of a photograph, which may be anything a stranger sends."""

import warnings
from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps

from mostovi.kernel.errors import Invalid

LARGEST_BYTES = 12_000_000
MOST_PIXELS = 40_000_000
_WORKING_SIDE = 2400
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_QR = zxingcpp.barcode_formats_from_str("QRCode")
_LONGEST_TEXT = 4_000


class PictureUnreadable(Invalid):
    code = "picture_unreadable"
    message = "This file is not a picture we can read. Take a photograph of the paper and try again."


class PictureTooLarge(PictureUnreadable):
    code = "picture_too_large"
    message = "This picture is too large. Photograph only the square code and try again."


def read_qr(image_bytes: bytes) -> str | None:
    """The text of the QR code in a picture, or None when there is none. Raises PictureUnreadable."""
    picture = _open(image_bytes)
    for attempt in (picture, ImageOps.autocontrast(picture, cutoff=2)):
        codes = zxingcpp.read_barcodes(attempt, formats=_QR, try_rotate=True, try_downscale=True)
        for code in codes:
            if code.text and len(code.text) <= _LONGEST_TEXT:
                return str(code.text)
    return None


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
            upright = ImageOps.exif_transpose(picture) or picture
            grey = _on_white(upright).convert("L")
    except PictureUnreadable:
        raise
    # Pillow's decoders raise nearly anything on broken files; all of it means the same here.
    except Exception:  # noqa: BLE001
        raise PictureUnreadable from None
    grey.thumbnail((_WORKING_SIDE, _WORKING_SIDE))
    return grey


def _check_pixels(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS or min(width, height) < 1:
        raise PictureTooLarge


def _on_white(picture: Image.Image) -> Image.Image:
    """A transparent background counts as paper."""
    if picture.mode not in {"RGBA", "LA", "PA", "P"}:
        return picture
    solid = picture.convert("RGBA")
    paper = Image.new("RGBA", solid.size, "white")
    paper.alpha_composite(solid)
    return paper
