"""What people write is compared in one place: ``lms/accounts/identity.py`` for people, ``lms/lib`` for other texts.

A look-up or a comparison that somebody writes beside it would miss accents on SQLite, the space of a phone keyboard,
the other apostrophe: the walk below finds it.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.imports import modules, tree

HOME = "lms.accounts.identity"
WITHOUT_CASE = re.compile(r"__i(exact|contains|startswith|endswith|regex)$")
OF_A_PERSON = ("full_name", "username", "email", "name_key", "username_key", "holder_name", "contact_email")
ASKS = {"filter", "exclude", "get", "Q", "get_object_or_404", "get_or_create", "update_or_create"}
FOLDS = {"lower", "upper", "casefold", "Lower", "Upper", "swapcase"}
KEYS_FROM_THERE = {  # look up by keys that ``identity`` made
    "lms.accounts.models", "lms.accounts.usernames", "lms.accounts.imports", "lms.accounts.merge_admin",
}  # fmt: skip
OUR_OWN_NAMES = {"lms.accounts.checks", "lms.lib.management.commands.start", "lms.accounts.erasing"}  # demo, erased
FOLDING_IS_SEEN = ("lms.accounts.", "courses.", "certificates.", "placement.")  # where texts are people's
NOT_A_PERSONS = {  # modules there that fold texts which no person wrote of themselves or of another
    "lms.accounts.mail_rate": "domains of providers",
    "lms.accounts.breached": "a hash in hexadecimal",
    "lms.accounts.cards": "codes of cards", "lms.accounts.phones": "country codes",
    "lms.accounts.models": "indexes of the database", "lms.accounts.views": "names of settings",
    "courses.loading.export_media": "names of files", "courses.loading.reading": "names of files",
    "certificates.words": "a host name",
    "certificates.codes": "codes of certificates", "certificates.checks": "names of settings",
    "placement.regions": "names of regions of the standard",
    "placement.templatetags.placement_words": "labels within a sentence",
}  # fmt: skip


def names_in(node: ast.AST) -> set[str]:
    """Names and attributes in an expression."""
    return {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)} | {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name)
    }


def is_blank(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, "")


def wrong_in(name: str, root: ast.Module) -> Iterator[str]:
    """Comparisons of a module that its home should make."""
    for node in ast.walk(root):
        where = f"{name}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WITHOUT_CASE.search(node.value):
            yield f"{where} looks up {node.value}"
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            for word in node.keywords:
                if word.arg and WITHOUT_CASE.search(word.arg):
                    yield f"{where} looks up {word.arg}"
                bare = re.split(r"__(?=exact|contains|startswith|endswith|in$|regex)", word.arg or "")[0]
                field = bare.rpartition("__")[2]
                is_key = name in KEYS_FROM_THERE and field.endswith("_key")
                if called in ASKS and field in OF_A_PERSON and not is_key and not is_blank(word.value):
                    yield f"{where} looks up {word.arg}"
            if called in FOLDS and name.startswith(FOLDING_IS_SEEN) and name not in NOT_A_PERSONS:
                yield f"{where} folds with {called}()"
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            attributes = {side.attr for side in sides if isinstance(side, ast.Attribute)}
            texts = [side for side in sides if not is_blank(side) and not isinstance(side, ast.Set | ast.Tuple)]
            if attributes & set(OF_A_PERSON) and len(texts) == len(sides):
                yield f"{where} compares {ast.unparse(node)}"


def test_people_are_compared_in_one_place():
    wrong = [line for name in modules() if name != HOME and ".demo" not in name for line in wrong_in(name, tree(name))]
    assert [line for line in wrong if line.partition(":")[0] not in OUR_OWN_NAMES] == []


def test_the_list_of_exceptions_is_no_longer_than_it_must_be():
    for name in NOT_A_PERSONS:
        found = {getattr(n.func, "attr", getattr(n.func, "id", "")) for n in ast.walk(tree(name))
                 if isinstance(n, ast.Call)}  # fmt: skip
        assert found & FOLDS, f"{name} folds nothing any more: take it off the list"


@pytest.mark.parametrize("line", [
    "User.objects.filter(email__iexact=x)", 'Q(**{f"{path}full_name__icontains": x})', "people.get(username=x)",
    "Q(user__email=x)", "people.exclude(full_name__in=names)", "user.username == login", "x.lower() == y.lower()",
    "rows.order_by(Lower('name'))", "address != user.email", "a.full_name.casefold()",
])  # fmt: skip
def test_the_law_sees(line):
    assert list(wrong_in("placement.example", ast.parse(line)))


@pytest.mark.parametrize("line", [
    'people.exclude(email="")', "user.full_name or user.username", "User(username=x)", "people.filter(phone=x)",
    "people.filter(has_address(x))", "user.email != ''", "user.full_name is None",
])  # fmt: skip
def test_the_law_lets_pass(line):
    assert not list(wrong_in("placement.example", ast.parse(line)))
