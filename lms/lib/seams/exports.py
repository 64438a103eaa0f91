"""Wagtail writes titles and names into CSV and XLSX as they are; a spreadsheet would run those that are formulas."""

from collections.abc import Callable
from typing import Any

from wagtail.admin.views.mixins import SpreadsheetExportMixin


def treat_exported_text(treat: Callable[[str], Any]) -> None:
    """Have every text cell of Wagtail's exports go through ``treat``; dates of XLSX stay dates."""
    plain = SpreadsheetExportMixin.preprocess_field_value

    def treated(self: SpreadsheetExportMixin, field: str, value: Any, export_format: str) -> Any:
        cell = plain(self, field, value, export_format)
        return treat(cell) if isinstance(cell, str) else cell

    SpreadsheetExportMixin.preprocess_field_value = treated
