"""Laws of the site that no linter knows: foreign keys, circles, signals, dead names, where things live."""

import ast
import re
from collections import Counter
from importlib import import_module

import pytest
from django.apps import AppConfig, apps
from django.dispatch import Signal
from django.forms import BaseForm

from lms.lib import schema_versions
from tests.imports import PACKAGES, ROOT, circles, graph, imported, modules, tree

STAIRS = ["accounts", "cms", "courses", "assessments", "certificates", "placement"]


@pytest.fixture(autouse=True)
def modules_are_imported_without_a_database(monkeypatch) -> None:
    monkeypatch.setattr(schema_versions, "refuse_newer_database", lambda: None)  # ``lms.wsgi`` asks it


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
    assert not wrong, "\n".join(wrong)


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
    assert not wrong, "\n".join(wrong)


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


# --- imports


def test_no_circle_of_imports():
    """Not even through a line inside a function, or one for type checkers."""
    assert circles(graph()) == []


def test_circles_are_seen():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [["b", "c"]]


def test_nothing_is_imported_from_template_tags():
    """What a template and Python both need lives in a module that both read."""
    wrong = [
        f"{name} imports {target}"
        for name in modules()
        for target, _node in imported(name)
        if ".templatetags." in f".{target}." and target.split(".")[0] in PACKAGES
    ]
    assert not wrong, "\n".join(wrong)


def test_decorators_of_views_are_in_access():
    """A function that is given a view and returns another in its place decides who may open it."""
    homes = {
        "lms.lib.http",
        "placement.link_access",
    }  # headers only; who holds the link of an e-mail, asked of services
    wrong = [
        f"{name}: {outer.name}"
        for name in modules()
        if not name.endswith(".access") and name not in homes
        for outer in ast.walk(tree(name))
        if isinstance(outer, ast.FunctionDef) and any(isinstance(inner, ast.FunctionDef) for inner in outer.body)
        if any(
            arg.arg == "view" or (arg.annotation and "View" in ast.unparse(arg.annotation)) for arg in outer.args.args
        )
    ]
    assert not wrong, "\n".join(wrong)


def test_view_is_defined_once():
    text = "Callable[..., HttpResponseBase]"
    assert [name for name, path in modules().items() if text in path.read_text()] == ["lms.lib.http"]


# --- names and signals that nobody uses


def test_every_signal_has_a_sender_and_a_receiver():
    sources = "\n".join(path.read_text() for path in modules().values())
    wrong = []
    for name in modules():
        if not any(target == "django.dispatch.Signal" for target, _node in imported(name)):
            continue
        for word, signal in vars(import_module(name)).items():
            if isinstance(signal, Signal):
                if not signal.receivers:
                    wrong.append(f"{name}.{word}: nobody hears it")
                if not re.search(rf"\b{word}\.send(_robust)?\(", sources):
                    wrong.append(f"{name}.{word}: nobody sends it")
    assert not wrong, "\n".join(wrong)


def words_in_use() -> Counter[str]:
    files = [*modules().values(), *(ROOT / "bench").glob("*.py"), *(ROOT / ".ci").iterdir()]
    files += [path for path in (ROOT / "templates").rglob("*.*") if path.suffix in {".html", ".txt"}]
    files += [ROOT / name for name in ("pyproject.toml", "Makefile", "manage.py")]
    return Counter(re.findall(r"\w+", "\n".join(path.read_text() for path in files)))


def test_no_two_system_checks_share_an_id():
    """Whoever silences one of them by its id would silence the other."""
    ids = [
        (keyword.value.value, ast.unparse(call.args[0]))
        for name in modules()
        for call in ast.walk(tree(name))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "id"
        and isinstance(keyword.value, ast.Constant)
        and re.fullmatch(r"\w+\.[EW]\d+", str(keyword.value.value))
    ]
    twice = {one for one, count in Counter(one for one, _words in set(ids)).items() if count > 1}
    assert len(ids) > 10
    assert sorted(pair for pair in ids if pair[0] in twice) == []


def test_every_name_is_used():
    """A function, class, method or constant that is named nowhere else, unless a library calls it by its name."""
    uses = words_in_use()

    def is_dead(word: str) -> bool:
        return uses[word] == 1 and word not in READ_BY_LIBRARIES | READ_BY_TESTS

    wrong = []
    for name in modules():
        if ".management.commands." in name or ".settings" in name:
            continue
        module = import_module(name)
        for node in tree(name).body:
            if isinstance(node, ast.Assign):
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                wrong += [f"{name}.{word}" for word in names if is_dead(word)]
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            is_app = isinstance(node, ast.ClassDef) and issubclass(getattr(module, node.name), AppConfig)
            if is_dead(node.name) and not node.decorator_list and not is_app:
                wrong.append(f"{name}.{node.name}")
            if isinstance(node, ast.ClassDef):
                bases = getattr(module, node.name).__mro__[1:]
                wrong += [
                    f"{name}.{node.name}.{method.name}"
                    for method in node.body
                    if isinstance(method, ast.FunctionDef)
                    and is_dead(method.name)
                    and {ast.unparse(one) for one in method.decorator_list}
                    <= {"property", "cached_property", "staticmethod"}
                    and not method.name.startswith(("__", "clean_"))
                    and not any(hasattr(base, method.name) for base in bases)
                ]
    assert not wrong, "\n".join(wrong)


READ_BY_LIBRARIES = {
    "urlpatterns", "app_name", "handler404", "handler500", "application",
    "process_view", "process_exception", "process_response", "process_request",
    "get_help_text", "get_filter_form", "create_entity",
}  # fmt: skip
READ_BY_TESTS = {
    "SCHEDULED", "BY_HAND", "NOT_USED",  # what is done about each duty a library expects
    "models_of_runs",
}  # fmt: skip


def test_forms_hold_no_rules():
    """A form says what a rule refuses (``lms.lib.form_problems``); an API will ask the same rule. Its own are only
    what was typed or sent: that a file can be read, that a box is ticked.
    """
    wrong = []
    for name in modules():
        for node in tree(name).body:
            found = vars(import_module(name)).get(node.name) if isinstance(node, ast.ClassDef) else None
            if not isinstance(found, type) or not issubclass(found, BaseForm):
                continue
            wrong += [
                f"{name}.{node.name}.{method.name}"
                for method in node.body
                if isinstance(method, ast.FunctionDef) and method.name.startswith(("clean", "save"))
                if f"{node.name}.{method.name}" not in ABOUT_WHAT_WAS_TYPED
                if re.search(r"ValidationError\(|add_error\(", ast.unparse(method))
            ]
    assert not wrong, "\n".join(wrong)


ABOUT_WHAT_WAS_TYPED = {
    "ImportForm.clean_file", "ImportForm.clean", "UploadForm.clean",  # a file, or a text
    "AskCodeForm.clean_phone",  # a number
    "BehalfForm.clean",  # the user name once more
    "NewPersonForm.clean",  # a box: this is not the person of the same name
    "SignUpForm.clean",  # Django's own password rules, for a person that is not there yet
}  # fmt: skip


POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+")


def test_no_pattern_repeats_a_group_possessively():
    """Python before 3.11.5 matches too much by ``(?:...)*+`` (python/cpython#100061), and Debian 12 has 3.11.2."""
    assert POSSESSIVE_GROUP.search(r"(?:a|b)*+")
    assert not POSSESSIVE_GROUP.search(r"[^>]*+\)++")
    wrong = [
        f"{name}:{node.lineno}: {node.value}"
        for name in modules()
        if name != "lms.accounts.sms_text"  # its letters are none
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and POSSESSIVE_GROUP.search(node.value)
    ]
    assert wrong == []


def test_no_hook_says_something_when_the_editor_saves_by_itself():
    """A message of a hook after saving stands on the next page; autosave would add one for each pause in typing."""
    wrong = []
    for name in modules():
        for node in ast.walk(tree(name)):
            if not isinstance(node, ast.FunctionDef):
                continue
            on = [ast.unparse(decorator) for decorator in node.decorator_list]
            says = re.search(r"\bmessages\.|lead_back_to_course", ast.unparse(node)) is not None
            if says and any(re.search(r"hooks\.register\('after_(create|edit)_", each) for each in on):
                wrong += [] if "for_pages_only" in on else [f"{name}.{node.name}"]
    assert wrong == []


def test_one_attribute_tells_that_a_part_of_a_page_is_wanted():
    """``request.htmx``: tests watch it to know which answers may differ (``flows/test_hidden_from_employers.py``)."""
    read = re.compile(r"""request\.(headers|META)\b[^\n]*["'](HX-|HTTP_HX)""")
    assert read.search('request.headers.get("HX-Request")')
    assert [name for name, path in modules().items() if read.search(path.read_text())] == []
