"""Names of questions in course folders: theirs, or those that the team gave."""

import shutil

import pytest
from django.conf import settings
from wagtail.models import Collection

from assessments.loading import load_folder
from assessments.models import Question
from courses.loading.media import collection_of

pytestmark = pytest.mark.pages


@pytest.mark.django_db
def test_a_name_of_the_folder_holds_and_one_given_here_stays(site, tmp_path):
    folder = shutil.copytree(settings.BASE_DIR / "courses" / "example", tmp_path / "course")
    load_folder(folder)
    named = Question.objects.exclude(title="").filter(title__in=["Champ vide", "Empty field"])
    assert named.count() == 2
    other = Question.objects.filter(code="q-several", locale__language_code="fr").get()
    assert other.title == ""
    other.title = "Nommée ici"
    other.save_revision().publish()
    report, words = load_folder(folder)
    assert (report.kept_edits, words.split(",")[0]) == ([], "questions: 0 made")
    other.refresh_from_db()
    assert other.title == "Nommée ici"
    source = (folder / "questions.yaml").read_text()
    (folder / "questions.yaml").write_text(
        source.replace("id: q-several\n", 'id: q-several\n    title: "Du dossier"\n')
    )
    load_folder(folder)
    other.refresh_from_db()
    assert other.title == "Du dossier"


@pytest.mark.django_db
def test_a_collection_is_called_after_its_code_in_every_language(site):
    old = Collection.get_first_root_node().add_child(instance=Collection(name="course: un"))
    assert collection_of("un").pk == old.pk
    assert [collection_of(code).name for code in ("un", "deux", "un")] == ["un", "deux", "un"]
