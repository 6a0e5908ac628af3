"""What a stranger does with a sealed file outside the portal: print it, photograph it, ask other programs."""

import re
import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image

from requirements_check import require_program


def pdfsig_says(pdf: Path, root: Path, folder: Path) -> str:
    """What Debian's pdfsig says, trusting the demonstration's root alone. It exits 0 whatever it finds."""
    certutil, pdfsig = (
        require_program("certutil", "libnss3-tools"),
        require_program("pdfsig", "poppler-utils"),
    )
    store = folder / "nss"
    store.mkdir()
    subprocess.run([certutil, "-N", "-d", str(store), "--empty-password"], check=True)
    trust = [certutil, "-A", "-d", str(store), "-n", "root", "-t", "CT,C,C", "-i", str(root)]
    subprocess.run(trust, check=True)
    told = subprocess.run(
        [pdfsig, "-nssdir", str(store), str(pdf)], capture_output=True, text=True, check=True
    )
    return told.stdout


def photograph(pdf: Path, folder: Path) -> Path:
    """The first page, printed and photographed: a little askew, in dim light, as a telephone saves it."""
    pdftoppm = require_program("pdftoppm", "poppler-utils")
    subprocess.run(
        [pdftoppm, "-r", "150", "-f", "1", "-singlefile", str(pdf), str(folder / "page")], check=True
    )
    with Image.open(folder / "page.ppm") as page:
        askew = page.convert("L").rotate(4, expand=True, fillcolor=120).point(lambda light: 25 + light * 0.7)
    photo = folder / "photo.jpg"
    askew.save(photo, quality=70)
    return photo


def address_in_square_code(photo: Path) -> str:
    """What any telephone reads out of the square code."""
    with Image.open(photo) as picture:
        codes = zxingcpp.read_barcodes(picture)
    return next(code.text for code in codes if "/provjera/" in code.text)


def short_code(file: Path) -> str:
    """The short code out of the name the portal gives to a document."""
    found = re.search(r"-([AEJKMT2-9]{9})\.pdf$", file.name)
    assert found, file.name
    return found[1]


def with_one_byte_changed(pdf: Path) -> bytes:
    """In the middle of the file, where the page itself stands."""
    content = bytearray(pdf.read_bytes())
    content[len(content) // 2] ^= 1
    return bytes(content)
