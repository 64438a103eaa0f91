"""The CSV and XLSX files that Wagtail's own lists and reports give out."""

from typing import Any

from wagtail.admin.views.mixins import SpreadsheetExportMixin

from lms.lib.tables import safe_cell


def quote_exports() -> None:
    """Wagtail writes titles and names as they are; a spreadsheet would run those that are formulas."""
    plain = SpreadsheetExportMixin.preprocess_field_value

    def quoted(self: SpreadsheetExportMixin, field: str, value: Any, export_format: str) -> Any:
        cell = plain(self, field, value, export_format)
        return safe_cell(cell) if isinstance(cell, str) else cell  # dates of XLSX stay dates

    SpreadsheetExportMixin.preprocess_field_value = quoted
