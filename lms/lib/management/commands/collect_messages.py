"""``make messages``: collect every string into locale/, drop what is gone, compile, list what waits for words."""

import subprocess
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

IGNORED = [".venv", "var", "bench", "tests", "docs"]


class Command(BaseCommand):
    help = "Collect translatable strings of every language but English, compile them, list the untranslated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a string is untranslated or not collected")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = [code for code, _name in settings.LANGUAGES if code != "en"]
        before = {code: po_path(code).read_text() for code in codes if po_path(code).exists()}
        call_command(
            "makemessages", locale=codes, no_wrap=True, add_location="file", no_obsolete=True, ignore_patterns=IGNORED
        )
        waiting = 0
        for code in codes:
            path = po_path(code)
            text = without_dates(path.read_text())
            path.write_text(text if code in before else with_header(text, code))
            report = subprocess.run(  # noqa: S603
                ["msgattrib", "--untranslated", "--no-obsolete", "--no-wrap", str(path)],  # noqa: S607
                capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
            fuzzy = path.read_text().count("#, fuzzy")
            waiting += report.count('\nmsgstr ""') + fuzzy
            self.stdout.write(report)
            if options["check"] and before.get(code) != path.read_text():
                waiting += 1
                self.stderr.write(f"locale/{code} was not up to date: run make messages and commit it")
        if not options["check"]:
            call_command("compilemessages", locale=codes, ignore_patterns=IGNORED, verbosity=0)
        if options["check"] and waiting:
            raise SystemExit(1)


def po_path(code: str) -> Any:
    return settings.BASE_DIR / "locale" / code / "LC_MESSAGES" / "django.po"


def with_header(text: str, code: str) -> str:
    """A new catalogue with a header that gettext accepts, in the place of the blanks that makemessages leaves.

    The plural of a language that Django does not know is taken to be English's: correct it where it is not.
    """
    _blank, _sep, rest = text.partition('"MIME-Version')
    rest = rest.replace("nplurals=INTEGER; plural=EXPRESSION;", "nplurals=2; plural=(n != 1);")
    names = ("Project-Id-Version: passerelle", "Report-Msgid-Bugs-To: ",
             "Last-Translator: the Passerelle contributors", f"Language-Team: {code}", f"Language: {code}")  # fmt: skip
    lines = "".join(f'"{name}\\n"\n' for name in names)
    return f'#\nmsgid ""\nmsgstr ""\n{lines}"MIME-Version{rest}'


def without_dates(text: str) -> str:
    """Dates in the header change at each run and make every merge a conflict."""
    return "".join(
        line for line in text.splitlines(keepends=True) if not line.startswith(('"POT-Creation', '"PO-Revision'))
    )
