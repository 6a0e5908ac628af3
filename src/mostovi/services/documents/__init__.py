"""Documents as tagged PDF/A, and the QR codes on them. Plain Python without the web framework."""

from mostovi.services.documents.qr import PictureUnreadable, read_qr
from mostovi.services.documents.rendering import (
    DocumentDataMissing,
    DocumentFailed,
    read_template,
    render_document,
    render_template,
)

__all__ = [
    "DocumentDataMissing",
    "DocumentFailed",
    "PictureUnreadable",
    "read_qr",
    "read_template",
    "render_document",
    "render_template",
]
