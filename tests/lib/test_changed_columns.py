"""Two people change one row at once: what the second saves leaves what the first changed."""

import ast
from collections.abc import Iterator

from django.forms import ModelForm
from django.test import Client
from django.urls import reverse
from modelcluster.fields import ParentalKey
from wagtail.models import DraftStateMixin
from wagtail.snippets.models import get_snippet_models

from courses.models import Skill
from lms.accounts import people_admin
from lms.accounts.models import User
from lms.lib.append_only import AppendOnly
from lms.lib.changed_columns import SavesChangedColumns
from placement.models import CandidateProfile
from placement.services import profiles
from tests.conftest import ROOT
from tests.factories.people import make_user

OWN = ("lms.", "cms.", "courses.", "assessments.", "certificates.", "placement.")
WRITTEN_BY_SERVICES = {"Referral", "Certificate"}
"""Their lists in the admin have no form."""
WHOLE_SAVES = {
    "lms/accounts/merging.py": "its ledger; a closed account under its lock",
    "lms/accounts/erasing.py": "SavesChangedColumns, under its lock",
    "lms/accounts/services.py": "a new account",
    "lms/accounts/people_admin.py": "SavesChangedColumns",
    "lms/accounts/models.py": "the mix-in below it",
    "lms/lib/append_only.py": "a new row",
    "lms/lib/changed_columns.py": "the mix-in itself",
    "cms/services.py": "Wagtail's site, when a machine is set up",
    "courses/admin_views.py": "SavesChangedColumns",
    "courses/models/records.py": "the mix-in below it",
    "courses/loading/writing.py": "SavesChangedColumns; under the lock of loading",
    "courses/loading/media.py": "a new file",
    "assessments/loading/writing.py": "under the lock of loading",
    "placement/services/opportunities.py": "a new opportunity",
    "placement/services/missions.py": "a new mission",
    "placement/demo/people.py": "demo content",
}
"""Where a row is saved without saying which columns, and why nothing of others is lost."""


def whole_saves(source: str) -> Iterator[int]:
    """Lines of ``x.save()`` that could write a whole row."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save":
            named = {keyword.arg for keyword in node.keywords}
            on_row = not node.args or isinstance(node.args[0], ast.Starred)
            if on_row and not named & {"update_fields", "force_insert", "kind", "commit"}:
                yield node.lineno


def test_every_save_of_a_whole_row_is_considered():
    found = {
        str(path.relative_to(ROOT))
        for app in OWN
        for path in (ROOT / app.rstrip(".")).rglob("*.py")
        if "migrations" not in path.parts and list(whole_saves(path.read_text()))
    }
    unknown = found - set(WHOLE_SAVES)
    assert not unknown, f"say which columns (update_fields), or why none of another's is lost: {sorted(unknown)}"
    gone = set(WHOLE_SAVES) - found
    assert not gone, f"no longer there: {sorted(gone)}"


def subclasses(form: type) -> Iterator[type]:
    for each in form.__subclasses__():
        yield each
        yield from subclasses(each)


def test_every_row_that_a_form_changes_saves_what_changed(db, client):
    client.get(reverse("wagtailadmin_login"))  # loads the forms
    edited = {form._meta.model for form in subclasses(ModelForm) if form.__module__.startswith(OWN)}
    edited = {model for model in edited | set(get_snippet_models()) if model and model.__module__.startswith(OWN)}
    assert User in edited
    assert CandidateProfile in edited
    assert Skill in edited
    missing = {
        model.__name__
        for model in edited
        if not issubclass(model, (SavesChangedColumns, DraftStateMixin, AppendOnly))
        and not any(isinstance(field, ParentalKey) for field in model._meta.fields)
    }  # drafts are versions: a late one says so; a part of another row is written with it
    assert missing == WRITTEN_BY_SERVICES


def test_what_changed_between_reading_and_saving_stays(db):
    row = make_user("awa", full_name="Awa Ndiaye", phone="+221770000001")
    mine, theirs = User.objects.get(pk=row.pk), User.objects.get(pk=row.pk)
    theirs.phone, theirs.is_active = None, False
    theirs.save()
    mine.full_name = "Awa Diop"
    mine.save()
    mine.save()
    row.refresh_from_db()
    assert (row.full_name, row.phone, row.is_active) == ("Awa Diop", None, False)


def test_values_changed_in_place_are_seen(db):
    skill = Skill.objects.create(code="a", names={"fr": "Un"})
    skill = Skill.objects.get(pk=skill.pk)
    skill.names["en"] = "One"
    assert skill.changed_columns() == ["names"]
    skill.save()
    assert Skill.objects.get(pk=skill.pk).names == {"fr": "Un", "en": "One"}
    assert skill.changed_columns() == []


def test_columns_read_later(db):
    row = Skill.objects.only("code").get(pk=Skill.objects.create(code="a", names={"fr": "Un"}).pk)
    assert row.changed_columns() == []
    assert row.names == {"fr": "Un"}
    assert row.changed_columns() == []
    row.framework = "x"
    assert row.changed_columns() == ["framework"]


def test_the_form_of_people_keeps_a_merge_and_a_new_pin(db, manager, monkeypatch):
    """Both happen while the request is at work."""
    awa, twin = make_user("awa", full_name="Awa Ndiaye"), make_user("awa2", full_name="Awa Ndiaye")
    check = people_admin.PersonForm.clean_full_name

    def meanwhile(form: people_admin.PersonForm) -> str:
        person = User.objects.get(pk=awa.pk)
        person.set_password("827364")
        person.must_change_pin = True
        person.save(update_fields=["password", "must_change_pin"])
        User.objects.filter(pk=awa.pk).update(merged_into=twin, is_active=False)
        return check(form)

    monkeypatch.setattr(people_admin.PersonForm, "clean_full_name", meanwhile)
    client = Client()
    client.force_login(manager)
    data = {
        "username": "awa",
        "full_name": "Awa Diop",
        "role": "learner",
        "email": "",
        "language": "fr",
        "is_active": "on",
    }
    answer = client.post(reverse("wagtailusers_users:edit", args=[awa.pk]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    awa.refresh_from_db()
    assert awa.full_name == "Awa Diop"
    assert awa.check_password("827364")
    assert awa.must_change_pin
    assert (awa.merged_into_id, awa.is_active) == (twin.pk, False)


def test_a_profile_that_a_merge_moves_meanwhile_stays_moved(db):
    awa, twin = make_user("awa", full_name="Awa Ndiaye"), make_user("awa2", full_name="Awa Ndiaye")
    read = CandidateProfile.objects.get(pk=profiles.ensure_profile(user=awa).pk)
    CandidateProfile.objects.filter(pk=read.pk).update(user=twin)
    profiles.update_profile(profile=read, languages={"fr": 4}, region="Dakar")
    row = CandidateProfile.objects.get(pk=read.pk)
    assert (row.region, row.user) == ("Dakar", twin)
