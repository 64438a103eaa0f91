"""Bytes of somebody's file as text, when its encoding is sure: guessing wrong would spoil every accent in silence."""

import re

from django.utils.translation import gettext as _

from lms.lib.parsing import UnreadableFileError

_MARKS = [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"),
          (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]  # fmt: skip
_SEVERAL_BYTES = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")  # a letter of UTF-8 beyond ASCII
_HIGH = re.compile(rb"[\x80-\xff]")
_PLAUSIBLE = set("ŒœŸ’‘“”„«»…–—€•°²³½¼¾§¿¡·©®™ªº±µ£¨´¸ \u00a0\u00ad×÷") | {chr(code) for code in range(0xC0, 0x100)}
"""What a text in Windows-1252 holds beside ASCII, in our languages."""
_UNIT = r"(?:[kmµ]?g|[cdm]?[lLm]|km|h|min|mn|t|ha)(?![A-Za-zÀ-ÖØ-öø-ÿ])"
_LATIN_9 = re.compile(rf"(?<=[A-Za-zÀ-ÖØ-öø-ÿ])[¼½¾¨¸]|(?<![0-9])[¼½¾¨¸](?=[A-Za-zÀ-ÖØ-öø-ÿ])(?<![¼½¾](?={_UNIT}))")
"""Œ, œ, Ÿ, š and ž of ISO 8859-15, read as Windows-1252: nobody writes them beside a letter, but a number before them
or a unit after them ("2½h", "½kg").
"""


class EncodingError(UnreadableFileError):
    """The text cannot be read with certainty. ``line`` is where the first unreadable character stands."""

    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.line, self.what, self.remedy = line, what, remedy


def decode(content: bytes) -> str:
    """UTF-8, UTF-16 and UTF-32 by their marks, UTF-16 without one by its zeros, UTF-8, else Windows-1252 when nothing
    speaks against it. Raises EncodingError with the line otherwise.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], encoding)
    if wide := _zeros(content):
        return _strictly(content, wide)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if _SEVERAL_BYTES.search(content[: error.start]):
            raise _refusal(content, error.start, "UTF-8") from error
    return _windows(content)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, errors="replace").count("\n") + 1
        raise EncodingError(line, *_words(line, encoding.upper().removesuffix("-LE").removesuffix("-BE"))) from error


def _windows(content: bytes) -> str:
    """Windows-1252, unless a character is there that no text in our languages has: it is Mac Roman, DOS, Latin-9 ..."""
    for found in _HIGH.finditer(content):
        if found[0].decode("cp1252", errors="replace") not in _PLAUSIBLE:
            raise _refusal(content, found.start(), "Windows-1252")
    text = content.decode("cp1252")
    if letter := _LATIN_9.search(text):
        raise _refusal(content, letter.start(), "Windows-1252")
    return text


def _zeros(content: bytes) -> str:
    """Every second byte of a Latin text in UTF-16 is zero; of another text, none."""
    head = content[:4000]
    if len(head) < 4:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 0.6 * len(head[1::2]) and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * len(head[::2]) and not odd else ""


def _refusal(content: bytes, place: int, guessed: str) -> EncodingError:
    line = content.count(b"\n", 0, place) + 1
    return EncodingError(line, *_words(line, guessed))


def _words(line: int, guessed: str) -> tuple[str, str]:
    what = _(
        "Line %(line)s has characters that cannot be read: the text seems to be in %(encoding)s, but these are not."
    )
    remedy = _(
        "Open the file in the program it comes from and save it as text in UTF-8 (“CSV UTF-8” in a spreadsheet)."
    )
    return what % {"line": line, "encoding": guessed}, remedy
