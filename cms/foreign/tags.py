"""Which elements of HTML we write, which become others, and which are no running text."""

SCHEMES = {"http", "https", "mailto", "tel"}
INLINE = {"strong", "b", "em", "i", "code", "sup", "sub", "s"}
LISTS, HEADINGS = {"ul", "ol"}, {"h2", "h3"}
BLOCKS = {"p", "li"} | LISTS | HEADINGS
TAGS = INLINE | BLOCKS | {"a", "br"}
"""What rich text keeps: ``cms.blocks.PROSE`` and ``INLINE`` name the same for the editor."""

WRITTEN_AS = {
    "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "dt": "p", "dd": "p", "caption": "p", "figcaption": "p",
    "blockquote": "p", "address": "p", "legend": "p", "summary": "p", "strike": "s", "del": "s", "kbd": "code",
    "samp": "code", "tt": "code", "var": "em", "cite": "em", "dfn": "em", "q": "q", "center": "p",
}  # fmt: skip
CELLS = {"td", "th"}
BREAKING = {"div", "section", "article", "header", "footer", "main", "aside", "nav", "figure", "form", "fieldset",
            "details", "dl", "tr", "hr", "body", *CELLS, "thead", "tbody", "tfoot", "html", "table", "pre",
            "option"}  # fmt: skip
SILENT = {
    "script",
    "style",
    "template",
    "head",
    "title",
    "meta",
    "link",
    "base",
    "param",
    "source",
    "track",
    "noscript",
}
PLAYED = {"iframe", "object", "embed", "video", "audio", "canvas", "svg", "math", "applet", "map"}
FIELDS = {"input", "textarea", "select", "button", "progress", "meter"}

KEPT_APART = {"img"} | PLAYED | FIELDS
