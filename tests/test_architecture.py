"""Laws of the house that no linter knows: foreign keys obey the staircase, and no template trusts raw text."""

from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
STAIRS = ["accounts", "cms", "courses", "assessments", "certificates", "placement"]


def test_foreign_keys_point_down_the_staircase():
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in STAIRS
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is not None
        and field.related_model._meta.app_label in STAIRS
        and STAIRS.index(field.related_model._meta.app_label) > STAIRS.index(model._meta.app_label)
    ]  # fmt: skip
    assert wrong == []


def test_every_app_keeps_its_templates_in_one_place():
    assert [str(p) for app in STAIRS for p in ROOT.glob(f"{app}/templates")] == []


def test_no_template_needs_a_looser_content_policy():
    markers = (" style=", "<style", "onclick=", "onchange=", "onsubmit=", "<script>", "javascript:")
    allowed = ("templates/wagtailadmin/", "templates/certificates/pdf/")
    wrong = [
        f"{path.relative_to(ROOT)}: {marker}"
        for path in ROOT.glob("templates/**/*.html")
        if not str(path.relative_to(ROOT)).startswith(allowed) and "/admin/" not in str(path)
        for marker in markers
        if marker in path.read_text()
    ]
    assert wrong == []


def test_rows_are_locked_in_one_place():
    """docs/locks.md: elsewhere nobody could see the order."""
    folders = ("lms", "cms", "courses", "assessments", "certificates", "placement")
    files = {file for app in folders for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts}
    assert [file for file in files if "select_for_update(" in file.read_text()] == [ROOT / "lms" / "lib" / "locks.py"]


def test_the_order_of_locks_is_the_documented_one():
    from lms.lib import locks

    rows = [line.split("|") for line in (ROOT / "docs" / "locks.md").read_text().splitlines() if line.startswith("| ")]
    told = [row[2].strip() for row in rows if row[1].strip().isdigit()]
    assert [apps.get_model(label).__name__ for label in locks.ORDER] == told
