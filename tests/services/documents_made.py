"""Documents as the programs make them, and pictures of them as a telephone takes them."""

import shutil
import subprocess
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from definitions import AMRAS_ANSWERS, AMRAS_FACTS, FOLDERS, ON, service
from PIL import Image

from mostovi.services.definition import evaluate_rules, text_of
from mostovi.services.documents import render_document

VARIANTS = ("bs", "en", "hr", "sr-Cyrl", "sr-Latn")
URL = "https://mostovi.example/provjera?s=J8M4KE92A.zenica-registrar.birth-extract.2026-11-21." + "Ab-9_" * 17
CODE = "J8M4KE92A"
HAS_POPPLER = shutil.which("pdftoppm") is not None


def extract(language: str = "bs", **changes: Any) -> bytes:
    data = {
        "institution": "Matični ured Zenica",
        "place": "Zenica",
        "issued_on": ON,
        "given_name": "Milan",
        "family_name": "Savić",
        "born_on": date(1988, 3, 21),
        "born_in": "Zenica",
        "mother_name": "Gordana Savić",
        "father_name": "Branko Savić",
        "register_number": "214/1988",
    }
    template = FOLDERS / "birth-extract" / "extract.typ"
    return render_document(template, {**data, **changes}, language=language, qr_url=URL, code=CODE)


def decision(language: str = "bs", *, granted: bool = True, **changes: Any) -> bytes:
    data = decision_values(language, granted=granted) | changes
    template = FOLDERS / "child-allowance" / "decision.typ"
    return render_document(template, data, language=language, qr_url=URL, code="J7M4KE92A")


def decision_values(language: str = "bs", *, granted: bool = True) -> dict[str, Any]:
    outcome = evaluate_rules(service("child-allowance"), AMRAS_FACTS, AMRAS_ANSWERS, on_date=ON)
    return {
        **outcome.words,
        "institution": "Centar za socijalni rad Tuzla",
        "place": "Tuzla",
        "issued_on": date(2026, 12, 9),
        "number": "K4T-92M-7AE",
        "granted": granted,
        "departs": not granted,
        "left_open": False,
        "amount": Decimal(118) if granted else None,
        "starts_on": date(2027, 1, 1),
        "ends_on": None,
        "conditions": [
            {"sentence": text_of(step.sentence, language), "article": step.article}
            for step in outcome.conditions
            if step.sentence
        ],
        "reasons": "Primjedba o prihodu je provjerena.\nIznos je ispravljen.",
        "official": "Damir Babić",
    }


def text_in(pdf: bytes) -> str:
    result = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return result.stdout.decode()


def picture_of(pdf: bytes, tmp_path: Path, resolution: int = 150) -> Image.Image:
    (tmp_path / "page.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", str(resolution), "-png", "-singlefile", "page.pdf", "page"]
    subprocess.run(command, cwd=tmp_path, check=True)
    with Image.open(tmp_path / "page.png") as picture:
        return picture.convert("L")


def as_file(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
