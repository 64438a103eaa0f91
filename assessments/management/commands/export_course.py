"""Write a course as a folder that load_course reads again."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.loading.exporting import ExportError, export_folder
from courses.loading import ContentError
from lms.lib.problems import lost


class Command(BaseCommand):
    help = "Write a course as a folder (docs/course-folders.md), which load_course reads again without change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="of the course")
        parser.add_argument("folder", type=Path, help="a new or an empty folder")
        parser.add_argument(
            "--accept-losses", action="store_true", help="end with status 0 though the folder cannot say everything"
        )

    def handle(self, *args: Any, code: str, folder: Path, accept_losses: bool, **options: Any) -> None:
        try:
            problems = export_folder(code, folder)
        except ExportError as error:
            raise CommandError(str(error)) from error
        except ContentError as error:
            what = _("Nothing was written, because such a folder could not be loaded. To fix on this site:")
            raise CommandError(f"{what}\n{error}") from error
        except OSError as error:
            what = _("%(folder)s cannot be written: %(fault)s. Name another folder.")
            raise CommandError(what % {"folder": folder, "fault": error.strerror}) from error
        losses = lost(problems)
        for problem in problems:
            if problem in losses:
                self.stderr.write(_("Lost: %(problem)s") % {"problem": problem})
            else:
                self.stdout.write(_("Look at %(problem)s") % {"problem": problem})
        told = _("Written to %(folder)s. Load it with: manage.py load_course %(folder)s")
        self.stdout.write(told % {"folder": folder})
        if losses and not accept_losses:
            what = ngettext(
                "The folder is written, without the %(count)s thing named above. "
                "Fix it and export again into another folder, or accept it with --accept-losses.",
                "The folder is written, without the %(count)s things named above. "
                "Fix them and export again into another folder, or accept them with --accept-losses.",
                len(losses),
            )
            raise CommandError(what % {"count": len(losses)}, returncode=2)
