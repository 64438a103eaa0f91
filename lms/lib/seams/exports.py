"""Wagtail writes titles and names into CSV and XLSX as they are; a spreadsheet would run those that are formulas."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from wagtail.admin.views.mixins import SpreadsheetExportMixin


def treat_exported_text(treat: Callable[[str], Any]) -> None:
    """Have every text cell of Wagtail's exports go through ``treat``; dates of XLSX stay dates."""
    plain = SpreadsheetExportMixin.preprocess_field_value

    def treated(self: SpreadsheetExportMixin, field: str, value: Any, export_format: str) -> Any:
        cell = plain(self, field, value, export_format)
        return treat(cell) if isinstance(cell, str) else cell

    SpreadsheetExportMixin.preprocess_field_value = treated


def refuse_empty_exports() -> None:
    """A list that names no columns to export would answer with an empty line for each row."""
    plain = SpreadsheetExportMixin.setup

    def judged(self: SpreadsheetExportMixin, *args: Any, **kwargs: Any) -> None:
        plain(self, *args, **kwargs)
        if self.is_export and not self.list_export:
            raise Http404

    SpreadsheetExportMixin.setup = judged
