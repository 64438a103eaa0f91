"""The PDF: one tagged page that says what it must, in any script, and never asks the network for anything."""

from __future__ import annotations

import io
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from certificates import pdf
from certificates.glyphs import MissingGlyphsError
from certificates.pdf import certificate_html, render_pdf
from certificates.qr import QrTooDenseError, render_qr
from certificates.text_size import direction, fitted_size, width_in_ems
from certificates.words import CertificateWords

pytestmark = pytest.mark.pages

WORDS = CertificateWords(
    language="fr",
    holder_name="Aïssatou Ndiaye",
    title="Saisie et qualité des données",
    issued_on=date(2026, 10, 14),
    issuer_name="Centre Téranga Numérique",
    issuer_place="Saint-Louis, Sénégal",
    signatory_name="Mariama Sarr",
    signatory_title="Directrice de la formation",
    code="7K3MC9XWDTF4H2JP",
    verify_url="https://passerelle.example/v/7K3MC9XWDTF4H2JP",
    skills=(("Saisie de données", "niveau 3"), ("Tableur", "niveau 2")),
    hours=24,
    score_band="80–89 %",
)
LONGEST = replace(
    WORDS,
    holder_name="Nirina Harimalala Rasoanandrasana Andriamanantena Rakotomalala " * 2,
    title=("Saisie, contrôle et qualité des données pour les archives médicales ; " * 4)[:255],
    issuer_name="Association pour l’insertion numérique des femmes de la Basse-Casamance et du Fouladou",
    skills=tuple((f"Protection des données personnelles et de la vie privée {n}", "avancé") for n in range(9)),
    valid_until=date(2028, 10, 1),
    verify_url="https://certificats.association-insertion-numerique.example/v/7K3MC9XWDTF4H2JP",
)
MM = 72 / 25.4


@pytest.fixture(scope="module")
def french() -> bytes:
    return render_pdf(WORDS)


def tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


def html_of(words: CertificateWords) -> str:
    return certificate_html(words, render_qr(words.verify_url))


def text_of(data: bytes, tmp_path: Path, *options: str) -> str:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(data)
    run = subprocess.run([tool("pdftotext"), *options, str(file), "-"], check=True, capture_output=True, text=True)
    assert run.stderr == ""
    return run.stdout


def page_image(data: bytes, tmp_path: Path, dpi: int) -> Image.Image:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(data)
    command = [tool("pdftoppm"), "-r", str(dpi), "-png", "-singlefile", str(file), str(tmp_path / "page")]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stderr == ""
    return Image.open(tmp_path / "page.png").convert("L")


def structure_types(node: pikepdf.Object) -> list[tuple[str, pikepdf.Object]]:
    found = [(str(node.S), node)] if "/S" in node else []
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            found += structure_types(kid)
    return found


def test_says_everything_in_french(french: bytes, tmp_path: Path) -> None:
    text = text_of(french, tmp_path, "-layout").replace("\u202f", " ").replace("\xa0", " ")
    for words in (
        "CERTIFICAT DE COMPÉTENCES",
        "délivré à",
        "Aïssatou Ndiaye",
        "pour avoir réussi le cours",
        "Saisie et qualité des données",
        "niveau 3",
        "24 heures de formation",
        "résultat : 80–89 %",
        "Délivré le",
        "14 octobre 2026",
        "Signature et cachet",
        "Mariama Sarr",
        "Centre Téranga Numérique",
        "Vérifiez ce certificat sur",
        "passerelle.example/v/",
        "7K3M-C9XW-DTF4-H2JP",
    ):
        assert words in text


def test_says_everything_in_english_whatever_the_reader_speaks(tmp_path: Path) -> None:
    english = replace(
        WORDS,
        language="en",
        issued_on=date(2026, 3, 1),
        valid_until=date(2028, 3, 1),
        kind_line="for passing the supervised assessment of",
    )
    text = text_of(render_pdf(english), tmp_path, "-layout")
    for words in (
        "CERTIFICATE OF SKILLS",
        "awarded to",
        "for passing the supervised assessment of",
        "24 hours of training",
        "result: 80–89 %",
        "Issued on",
        "1 March 2026",
        "Valid until",
        "Check this certificate at",
    ):
        assert words in text
    assert "for successfully completing" not in text


@pytest.mark.parametrize(
    ("language", "hours", "expected"),
    [
        ("fr", Decimal("1.5"), "1,5 heure de formation"),
        ("fr", Decimal("2.5"), "2,5 heures de formation"),
        ("fr", Decimal("24.0"), "24 heures de formation"),
        ("en", Decimal("1.5"), "1.5 hours of training"),
        ("en", 1, "1 hour of training"),
    ],
)
def test_hours_in_words(language: str, hours: Decimal, expected: str) -> None:
    assert expected in html_of(replace(WORDS, language=language, hours=hours))


def test_first_of_the_month_in_french() -> None:
    assert "1er octobre 2026" in html_of(replace(WORDS, issued_on=date(2026, 10, 1)))


def test_what_is_unknown_is_left_out() -> None:
    bare = html_of(
        replace(WORDS, skills=(), hours=None, score_band="", signatory_name="", signatory_title="", issuer_place="")
    )
    for line in ("facts", "who", "formation", "résultat", "None"):
        assert f'class="{line}"' not in bare
        assert f">{line}" not in bare
    assert "<ul" not in bare


def test_more_than_six_skills_are_counted() -> None:
    html = html_of(LONGEST)
    assert html.count("<li") == 7
    assert "et 3 autres compétences" in html


def test_is_tagged_for_screen_readers(french: bytes) -> None:
    with pikepdf.open(io.BytesIO(french)) as file:
        root = file.Root
        assert str(root.Lang) == "fr"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        nodes = structure_types(root.StructTreeRoot)
        kinds = [kind for kind, _ in nodes]
        assert {"/H1", "/H2", "/P", "/L", "/LI"} <= set(kinds)
        alts = [str(node.Alt) for kind, node in nodes if kind == "/Figure"]
        assert alts == [
            "Logo de Passerelle\u00a0: un petit pont au-dessus d’une rivière",
            f"Code QR qui ouvre {WORDS.verify_url}",
        ]
        with file.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Certificat de Aïssatou Ndiaye\xa0: Saisie et qualité des données"
        assert str(file.docinfo["/Author"]) == "Centre Téranga Numérique"
        assert str(file.docinfo["/CreationDate"]).startswith("D:20261014")
        content = b"".join(stream.read_bytes() for stream in file.pages[0].Contents)
        assert content.startswith(b"/Artifact BMC")


def test_drawings_have_only_known_operators(french: bytes) -> None:
    with pikepdf.open(io.BytesIO(french)) as file:
        forms = [form for form in file.pages[0].Resources.XObject.values() if form.Subtype == "/Form"]
        operators = [{str(step.operator) for step in pikepdf.parse_content_stream(form)} for form in forms]
    assert sorted(operators, key=len) == [
        {"cm", "J", "RG", "w", "m", "l", "c", "S"},  # the mark
        {"cm", "J", "RG", "g", "w", "m", "l", "c", "re", "S", "B"},  # the river
    ]


@pytest.mark.parametrize("words", [WORDS, LONGEST], ids=["usual", "longest"])
def test_the_stand_ins_gave_their_places_to_the_mark_and_the_qr(words: CertificateWords) -> None:
    with pikepdf.open(io.BytesIO(render_pdf(words))) as file:
        drawings = list(file.pages[0].Resources.XObject.values())
        (image,) = [pikepdf.PdfImage(row) for row in drawings if row.Subtype == "/Image"]
        (code,) = zxingcpp.read_barcodes(image.as_pil_image().convert("L"))
        (mark,) = [row for row in drawings if row.get("/Matrix")]
    assert len(drawings) == 3
    assert (image.width, image.bits_per_component) == (render_qr(words.verify_url).pixels, 1)
    assert code.text == words.verify_url
    width, height = (float(mark.Matrix[place]) * float(mark.BBox[side]) for place, side in ((0, 2), (3, 3)))
    assert (width, height) == pytest.approx((1, 1), abs=1e-3)


@pytest.mark.parametrize("words", [WORDS, LONGEST], ids=["usual", "longest"])
def test_one_small_sound_page(words: CertificateWords, tmp_path: Path) -> None:
    data = render_pdf(words)
    assert len(data) < 60_000
    with pikepdf.open(io.BytesIO(data)) as file:
        assert len(file.pages) == 1
        width, height = (float(side) for side in file.pages[0].mediabox[2:])
        assert (round(width / MM), round(height / MM)) == (297, 210)
    file_path = tmp_path / "sound.pdf"
    file_path.write_bytes(data)
    check = subprocess.run([tool("qpdf"), "--check", str(file_path)], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr
    info = subprocess.run([tool("pdfinfo"), str(file_path)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Pages: +1\n", info)
    assert re.search(r"Tagged: +yes\n", info)
    assert re.search(r"JavaScript: +no\n", info)


def test_longest_words_stay_apart_and_inside_the_frame(tmp_path: Path) -> None:
    boxes = text_of(render_pdf(LONGEST), tmp_path, "-bbox")
    words = [
        (tuple(float(side) / MM for side in box), word)
        for *box, word in re.findall(
            r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', boxes
        )
    ]
    assert len(words) > 60
    for (left, top, right, bottom), word in words:
        assert left > 20, word
        assert right < 277, word
        assert top > 18, word
        assert bottom < 194, word
    (facts,) = [box for box, word in words if word.startswith("80–89")]
    assert facts[3] < 140  # the QR panel begins below


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("فاطمة الزهراء", "rtl"),
        ("ߊߦߌߛߊߕߎ ߖߊߟߏ", "rtl"),
        ("ⵜⵉⵏⵀⵉⵏⴰⵏ", "ltr"),
        ("ሰላማዊት ገብረ", "ltr"),
        ("Ṣẹ́gun Ọláńrewájú", "ltr"),
        ("Ŋuyễn Þórður Łucja", "ltr"),
        ("  « سارة »", "rtl"),
        ("123", "ltr"),
    ],
)
def test_names_in_any_script(name: str, way: str) -> None:
    assert direction(name) == way
    data = render_pdf(replace(WORDS, holder_name=name))
    with pikepdf.open(io.BytesIO(data)) as file, file.open_metadata() as metadata:
        assert name.strip() in metadata["dc:title"]
        assert len(file.pages) == 1


PROVEN = "test de connaissances · 30 questions · 90–100\u00a0% · nov. 2026 · + 2"


def test_each_skill_has_its_proof_on_a_line_of_its_own(tmp_path: Path) -> None:
    words = replace(WORDS, proofs=("test de connaissances · 4 questions · 70–79 % · nov. 2026", "formation suivie"))
    lines = [" ".join(line.split()) for line in text_of(render_pdf(words), tmp_path, "-layout").splitlines()]
    assert "Saisie de données niveau 3 test de connaissances · 4 questions · 70–79 % · nov. 2026" in lines
    assert "Tableur niveau 2 formation suivie" in lines


def test_proofs_of_the_longest_skills_stay_above_the_foot(tmp_path: Path) -> None:
    data = render_pdf(replace(LONGEST, proofs=(PROVEN,) * 9))
    assert len(data) < 60_000
    file = tmp_path / "certificate.pdf"
    file.write_bytes(data)
    command = [tool("pdftotext"), "-bbox", str(file), "-"]
    boxes = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    ends = [float(top) / MM for top in re.findall(r'yMax="([0-9.]+)">nov\.<', boxes)]
    sides = [float(right) / MM for right in re.findall(r'xMax="([0-9.]+)" yMax="[0-9.]+">2<', boxes)]
    assert len(ends) == 6
    assert max(ends) < 142
    assert max(sides) < 297 - 20


def has_font_for(character: str) -> bool:
    run = subprocess.run(["fc-list", f":charset={ord(character):x}"], capture_output=True, text=True, check=True)
    return bool(run.stdout.strip())


def test_a_name_that_no_font_has_is_refused() -> None:
    """王小明 came out as three empty boxes, and the learner was told that the certificate is ready."""
    unknown = "\ue0f1"  # for private use: no font of a distribution has it
    with pytest.raises(MissingGlyphsError, match=r"U\+E0F1.*apt-get install .*fonts-noto-cjk") as caught:
        render_pdf(replace(WORDS, holder_name=f"Awa {unknown}", title=f"{unknown}{unknown}"))
    assert caught.value.characters == unknown


@pytest.mark.parametrize("name", ["王小明", "김영희", "さくら", "😀 Awa"])
def test_a_name_is_printed_or_refused_never_a_box(name: str) -> None:
    """Whatever fonts this machine has."""
    missing = {character for character in name if not character.isspace() and not has_font_for(character)}
    if missing:
        with pytest.raises(MissingGlyphsError) as caught:
            render_pdf(replace(WORDS, holder_name=name))
        assert set(caught.value.characters) == missing
    else:
        assert render_pdf(replace(WORDS, holder_name=name))


@pytest.mark.parametrize("name", ["می\u200cخواهم", "A\u200dwa", "\u2067سارة\u2069", "e\u0301\u034f Awa", "Awa\u00ad"])
def test_what_is_invisible_needs_no_font(name: str) -> None:
    assert render_pdf(replace(WORDS, holder_name=name))


def test_long_names_step_down_and_never_vanish() -> None:
    sizes = {"one_line": (40, 30), "two_lines": (25, 20), "width_mm": 240}
    assert [fitted_size("m" * length, **sizes) for length in (10, 20, 40, 50, 500)] == [40, 30, 25, 20, 20]
    assert width_in_ems("é") == width_in_ems("e\u0301")


def test_html_in_the_words_stays_text(tmp_path: Path) -> None:
    evil = '<script>alert(1)</script><img src="https://evil.example/x.png">&amp;"'
    words = replace(
        WORDS, holder_name=evil, title=evil, issuer_name=evil, kind_line=evil, skills=((evil, evil),), score_band=evil
    )
    html = html_of(words)
    assert "<script" not in html
    assert html.count("<img") == 2
    assert "<script>alert(1)</script>" in text_of(render_pdf(words), tmp_path, "-raw").replace("\n", "")


def test_same_words_same_bytes(french: bytes) -> None:
    assert render_pdf(WORDS) == french
    assert render_pdf(replace(WORDS, holder_name="Awa Diop")) != french
    assert render_pdf(WORDS) == french


def test_same_bytes_in_another_process(french: bytes) -> None:
    script = (
        "import django, hashlib; django.setup()\n"
        "from tests.certificates.test_pdf import WORDS, render_pdf\n"
        "print(hashlib.sha256(render_pdf(WORDS)).hexdigest())"
    )
    import hashlib

    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(french).hexdigest()


@pytest.mark.parametrize("dpi", [110, 137, 200])
@pytest.mark.parametrize("words", [WORDS, LONGEST], ids=["usual", "longest"])
def test_qr_is_read_from_the_whole_page(words: CertificateWords, dpi: int, tmp_path: Path) -> None:
    (found,) = zxingcpp.read_barcodes(page_image(render_pdf(words), tmp_path, dpi))
    assert found.text == words.verify_url
    corner = found.position.bottom_right
    assert corner.x < (297 - 10) / 25.4 * dpi
    assert corner.y < (210 - 10) / 25.4 * dpi


def test_address_that_would_not_be_readable_is_refused() -> None:
    with pytest.raises(QrTooDenseError):
        render_pdf(replace(WORDS, verify_url="https://passerelle.example/v/" + "x" * 400))


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x.png",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "ftp://a.example/",
        "design:/../x",
        "data:,x",
    ],
)
def test_fetcher_is_closed(url: str) -> None:
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        pdf._resources().fetcher.fetch(url)


def test_nothing_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch, french: bytes) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert render_pdf(WORDS) == french
