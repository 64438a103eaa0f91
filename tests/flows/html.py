"""What a test wants to know of a page, read with the standard library."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
SILENT = frozenset({"script", "style", "svg", "code", "pre", "template"})
READ_ATTRIBUTES = ("alt", "title", "aria-label", "placeholder", "aria-description")


@dataclass
class Page:
    """``texts``: what a person reads or hears, white space folded, with the language it is marked in."""

    lang: str = ""
    title: str = ""
    headings: int = 0  # of level one
    texts: list[tuple[str, str]] = field(default_factory=list)  # (language, text)
    links: list[str] = field(default_factory=list)
    forms: list[tuple[str, str]] = field(default_factory=list)  # (method, action)
    resources: list[str] = field(default_factory=list)  # what the browser loads
    unsafe: list[str] = field(default_factory=list)  # inline style, script, handlers
    ids: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.open: list[tuple[str, str]] = []  # (tag, language)

    @property
    def lang(self) -> str:
        return self.open[-1][1] if self.open else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        lang = found.get("lang", found.get("hreflang", self.lang) if tag == "a" else self.lang)
        if tag not in VOID:
            self.open.append((tag, lang))
        page = self.page
        if tag == "html":
            page.lang = lang
        page.headings += tag == "h1"
        page.texts += [(lang, fold(found[name])) for name in READ_ATTRIBUTES if found.get(name)]
        if tag == "input" and found.get("type") in {"submit", "button"}:
            page.texts.append((lang, fold(found.get("value", ""))))
        if "id" in found:
            page.ids.append(found["id"])
        self.read_addresses(tag, found)
        page.unsafe += [f"<{tag} {name}>" for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in found and "json" not in found.get("type", "")):
            page.unsafe.append(f"<{tag}>")

    def read_addresses(self, tag: str, found: dict[str, str]) -> None:
        page = self.page
        if tag in {"a", "area"} and "href" in found:
            page.links.append(found["href"])
        elif tag == "link" and "href" in found:
            page.resources.append(found["href"])
        elif tag == "form":
            page.forms.append((found.get("method", "get").lower(), found.get("action", "")))
        page.links += [found[name] for name in ("hx-get", "data-url") if found.get(name)]
        page.forms += [("post", found["hx-post"])] if found.get("hx-post") else []
        page.resources += [found[name] for name in ("src", "poster", "data") if found.get(name)]
        page.resources += [part.split()[0] for part in found.get("srcset", "").split(",") if part.strip()]

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(name == tag for name, _lang in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        text, inside = fold(data), {name for name, _lang in self.open}
        if "title" in inside and "svg" not in inside:
            self.page.title += text
        elif text and not inside & SILENT:
            self.page.texts.append((self.lang, text))


def fold(text: str) -> str:
    return " ".join(text.split())


def read(html: str) -> Page:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.page


class FormReader(HTMLParser):
    """Collects the fields of each form that posts."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = found.get("method", "get").lower() == "post"
            if self.inside:
                self.forms.append((urljoin(self.path, found.get("action", "")), {}))
        elif self.inside and found.get("name") and tag in {"input", "select", "textarea", "button"}:
            self.forms[-1][1].setdefault(found["name"], found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


def read_fields(html: str, path: str) -> list[tuple[str, dict[str, str]]]:
    """(address, fields) of each form of a page that posts."""
    reader = FormReader(path)
    reader.feed(html)
    reader.close()
    return reader.forms
