"""Load a course folder: pages, questions, assessments."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.loading import load_folder
from courses.loading import ContentError
from lms.lib.problems import lost


class Command(BaseCommand):
    help = (
        "Load or renew the course in a folder: our own format (docs/course-folders.md), "
        "or lesson1.html, lesson2.html ... with quiz.gift. Loading again renews what has changed, retires what is in "
        "the folder no longer, and keeps what was edited here since."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--code", default="", help="of a folder of HTML lessons; its name if not given")
        parser.add_argument("--title", default="", help="of a folder of HTML lessons; its name if not given")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, help="of a folder of HTML lessons")
        parser.add_argument("--quiz", default="", help="of a folder of HTML lessons; quiz.gift if it is there")
        parser.add_argument("--keep", action="store_true", help="retire nothing that the folder has no longer")
        parser.add_argument("--overwrite", action="store_true", help="write over what was edited here since")
        parser.add_argument(
            "--accept-losses", action="store_true", help="end with status 0 though something of the source is lost"
        )
        parser.add_argument("--demo", action="store_true", help="mark it as demo content, which can be taken away")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder. Give the folder that holds course.yaml or lesson1.html.")
        try:
            pages, questions = load_folder(
                folder,
                code=options["code"],
                title=options["title"],
                language=options["language"],
                quiz=options["quiz"],
                keep=options["keep"],
                overwrite=options["overwrite"],
                is_demo=options["demo"],
            )
        except ContentError as error:
            raise CommandError(f"Nothing was loaded. To fix:\n{error}") from error
        self.stdout.write(f"{pages}\n{questions}")
        self.tell("Retired, for the folder has them no longer (kept for records; --keep leaves them in)", pages.retired)
        self.tell("Left in, though the folder has them no longer", pages.left_in)
        self.tell("Back again", pages.revived)
        self.tell("Edited here since the last load, and kept so (--overwrite takes the folder's)", pages.kept_edits)
        losses = lost(pages.problems)
        for problem in pages.problems:
            if problem not in losses:
                self.stdout.write(f"Look at {problem}")
        for problem in losses:
            self.stderr.write(f"Lost: {problem}")
        if losses and not options["accept_losses"]:
            raise CommandError(
                f"The course is loaded, without {len(losses)} things named above. "
                "Fix the folder and load it again, or accept them with --accept-losses.",
                returncode=2,
            )

    def tell(self, what: str, names: list[str]) -> None:
        if names:
            self.stdout.write(f"{what}: {len(names)}")
            for name in names:
                self.stdout.write(f"  {name}")
