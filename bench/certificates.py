"""What each trick of certificates is worth: the same page with and without it, in turn, in one process.

``python -m bench.certificates``; what it prints stands in docs/seams.md.
"""

import os
import re
import statistics
import time
from collections.abc import Callable
from datetime import date
from unittest.mock import patch

import django

ROUNDS = 40
NUMBERS = re.compile(r"-?[\d.]+|[A-Za-z*]+")


def svg_of(operators: str, width: float, height: float) -> str:
    """The strokes and fills of a PDF content stream as SVG: near enough to cost as much."""
    stack: list[str] = []
    paths: list[str] = []
    shape: list[str] = []
    letters = {"m": "M", "l": "L", "c": "C", "h": "Z"}
    for token in NUMBERS.findall(operators):
        if re.match(r"-?[\d.]", token):
            stack.append(token)
            continue
        if token in letters:
            shape.append(letters[token] + " ".join(stack))
        elif token in {"S", "s", "f", "B"}:
            paths.append(f'<path d="{" ".join(shape)}" fill="none" stroke="#0a5c6b"/>')
            shape = []
        stack = []
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{"".join(paths)}</svg>'


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.test")
    django.setup()
    from weasyprint.urls import URLFetcherResponse

    from certificates import artwork, pdf
    from certificates.words import CertificateWords

    words = CertificateWords(
        holder_name="Fatou N’Diaye", title="Saisie de données", language="fr", code="7K3M9PQ2XA",
        issued_on=date(2026, 11, 28), issuer_name="Passerelle", skills=(("Saisie", "B1"), ("Tableur", "B1")),
        verify_url="https://passerelle.example/v/7K3M9PQ2XA",
    )  # fmt: skip
    river = svg_of(artwork.river_operators().decode(), artwork.WIDTH, artwork.HEIGHT)
    mark = svg_of(artwork.mark_operators().decode(), artwork.MARK_WIDTH, artwork.MARK_HEIGHT)

    def with_svg() -> bytes:
        """As anybody would: the pictures are images, rendered by WeasyPrint."""
        fetcher = pdf._resources().fetcher
        plain = type(fetcher).fetch

        def fetch(self: object, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            drawing = {"design:/mark.png": mark, "design:/river.svg": river}.get(url)
            if drawing is None:
                return plain(self, url, headers)
            return URLFetcherResponse(url, drawing.encode(), {"Content-Type": "image/svg+xml"})

        html = pdf.certificate_html(words, pdf.render_qr(words.verify_url))
        html = html.replace("<body>", '<body><img src="design:/river.svg" style="position:absolute;width:297mm">')
        with patch.object(type(fetcher), "fetch", fetch):
            kit = pdf._resources()
            page = kit.page(string=html, base_url=pdf._BASE, url_fetcher=kit.fetcher)
            return bytes(page.write_pdf(font_config=kit.fonts, stylesheets=[kit.sheet], pdf_variant="pdf/ua-1"))

    def with_new_kit() -> bytes:
        pdf._resources.cache_clear()
        return pdf.render_pdf(words)

    ways: dict[str, Callable[[], bytes]] = {
        "as it is": lambda: pdf.render_pdf(words),
        "drawings as SVG images, no finisher": with_svg,
        "fonts and style sheet read for each page": with_new_kit,
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS + 1):
        for name, way in ways.items():
            pdf._resources()
            begun = time.process_time()
            way()
            if turn:
                times[name].append(time.process_time() - begun)
    base = statistics.median(times["as it is"])
    print("| a page | median, ms of CPU | ratio |\n|---|---|---|")
    for name, seconds in times.items():
        print(f"| {name} | {statistics.median(seconds) * 1000:.0f} | {statistics.median(seconds) / base:.2f} |")


if __name__ == "__main__":
    main()
