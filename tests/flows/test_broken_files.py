"""A file that is lost, broken or behind a storage that does not answer never takes a page with it."""

import io
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.urls import URLPattern, reverse
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import admin_urls, get_image_model
from wagtail.images.models import Rendition, SourceImageIOError
from wagtail.models import Revision
from wagtailmedia.models import get_media_model

from assessments.models import Question
from cms.picture_sizes import MAKE, make_sizes
from courses.models import LessonPage
from lms.lib import checkup, sweeps
from lms.lib.durable import DurableFiles
from lms.lib.models import FailedRow
from tests.flows.table import everybodys_pages
from tests.flows.world import World
from tests.worlds import signed_in_as_before

ALT = "Une carte du quartier"


def picture(kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((900, 600)).convert("RGB").save(file, kind)
    return file.getvalue()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def another_type(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\n" + b"x" * 500)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def without_rights(path: Path) -> None:
    """As root reads everything, a link into itself stands for a file that nobody opens."""
    path.unlink()
    path.symlink_to(path)


DAMAGES: list[Callable[[Path], None]] = [Path.unlink, emptied, zeroed, cut, another_type, a_folder, without_rights]


@dataclass
class Files:
    """One of everything that a storage keeps, shown to learners and trainers."""

    world: World
    image: Any
    document: Any
    sound: Any
    film: Any

    @property
    def paths(self) -> list[Path]:
        rows = (self.image, self.document, self.sound, self.film)
        return [Path(row.file.path) for row in rows] + [Path(self.world.certificate.pdf.path)]


@pytest.fixture
def files(world, indexed) -> Iterator[Files]:
    image = get_image_model().objects.create(title="Carte", file=ContentFile(picture(), "x.png"))
    document = get_document_model().objects.create(title="Liste", file=ContentFile(b"a;b\n", "x.csv"))
    get_document_model().objects.update(file_size=None)
    sound, film = (
        get_media_model().objects.create(title=kind, type=kind, duration=3, file=ContentFile(b"x" * 99, f"x.{end}"))
        for kind, end in (("audio", "mp3"), ("video", "mp4"))
    )
    lesson = LessonPage.objects.get(pk=world.lesson.pk)
    lesson.body = [
        ("image", {"image": image, "alt": ALT, "caption": ""}),
        ("audio", {"media": sound, "transcript": "x"}),
        ("video", {"media": film, "transcript": "x"}),
        ("download", {"document": document, "title": "Liste"}),
    ]
    lesson.save_revision().publish()
    for page in world.course.pages.all():
        page.cover = image
        page.save_revision().publish()
    Question.objects.update(image=image, image_alt=ALT)
    for revision in Revision.objects.filter(content_type=ContentType.objects.get_for_model(Question)):
        revision.content.update(image=image.pk, image_alt=ALT)
        revision.save(update_fields=["content"])
    yield Files(world, image, document, sound, film)
    for path in (one for row in (image, document, sound, film) if (one := Path(row.file.path)).is_dir()):
        shutil.rmtree(path)


def addresses(world: World, image: Any) -> Iterator[tuple[str, str]]:
    """(role, address) of every page, and of each page of the admin that is about one picture."""
    yield from everybodys_pages(world)
    for pattern in admin_urls.urlpatterns:
        if isinstance(pattern, URLPattern) and set(pattern.pattern.converters) == {"image_id"}:
            yield "manager", reverse(f"wagtailimages:{pattern.name}", args=[image.pk])
    yield "manager", reverse("wagtailimages:index")
    yield "manager", reverse("wagtailimages_chooser:choose")
    yield "manager", reverse("wagtailimages_chooser:chosen", args=[image.pk])
    yield "manager", reverse("wagtailimages_chooser:chosen_multiple") + f"?id={image.pk}"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nobody formats hundreds of tracebacks."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def clear() -> None:
    for cache in caches.all():
        cache.clear()


def ask(client: Client, address: str) -> Any:
    clear()
    client.raise_request_exception = False
    with signed_in_as_before(client):
        response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return response


@pytest.fixture
def asked(monkeypatch) -> Counter[str]:
    """How often the storages were asked."""
    counted: Counter[str] = Counter()
    for name in ("_open", "size"):
        plain = getattr(FileSystemStorage, name)

        def asks(self, *args, plain=plain, name=name):
            counted.update([name])
            return plain(self, *args)

        monkeypatch.setattr(DurableFiles, name, asks)
    return counted


@pytest.mark.pages
def test_a_storage_that_does_not_answer_is_no_error_of_any_page(files, clients, monkeypatch):
    def away(self, name, *args):
        raise OSError(5, "Input/output error", name)

    for name in ("_open", "size", "get_modified_time"):
        monkeypatch.setattr(DurableFiles, name, away)
    wrong = []
    for role, address in addresses(files.world, files.image):
        response = ask(clients(role), address)
        if response.status_code >= 500 and (response.status_code != 503 or not response.get("Retry-After")):
            wrong.append(f"{address} as {role}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def showing(files, clients, asked) -> list[tuple[str, str]]:
    """The addresses that ask a storage, or show one of the files."""
    found = [("learner", reverse("catalogue:course", args=[files.world.course.code]))]
    for role, address in addresses(files.world, files.image):
        asked.clear()
        response = ask(clients(role), address)
        content = b"" if response.streaming else response.content
        if asked or ALT.encode() in content or b"Carte" in content:
            found.append((role, address))
    return found


@pytest.mark.pages
def test_a_broken_file_is_no_error_of_any_page(files, clients, showing):
    """Each damage, on every address that shows or reads a file: sizes are not there yet, nor can they be made."""
    learners = [address for role, address in showing if role == "learner"]
    for part in ("/learn/saisie/lecon-1/", "/test/evaluation/", "/certificates/", "/courses/"):
        assert any(part in address for address in learners), (part, learners)
    assert len(showing) > 15
    wrong = []
    kept = {path: path.read_bytes() for path in files.paths}
    for damage in DAMAGES:
        for path in files.paths:
            damage(path)
        Rendition.objects.all().delete()
        for role, address in showing:
            status = ask(clients(role), address).status_code
            if status >= 500:
                wrong.append(f"{damage.__name__}: {address} as {role}: {status}")
        for path, content in kept.items():
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
            path.write_bytes(content)
    assert not wrong, "\n".join(wrong)


@pytest.mark.pages
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_broken_picture_is_told_in_words_and_by_doctor(files, clients, damage):
    damage(Path(files.image.file.path))
    lesson = files.world.lesson
    address = reverse("courses:lesson", args=[files.world.course.code, lesson.slug])
    assert sweeps.run(MAKE) == 0
    page = ask(clients("learner"), address)
    assert page.status_code == 200
    assert f"<em>{ALT}</em>" in page.content.decode()
    assert FailedRow.objects.get(key=str(files.image.pk)).last_error.startswith("UnshowableError: picture")
    (told,) = [one for one in checkup.examine(only="cms.doctor") if "Carte" in one.text]
    assert lesson.title in told.text
    assert told.remedy


def test_a_reader_makes_nothing_and_finds_what_the_worker_made(files, asked):
    address = reverse("courses:lesson", args=[files.world.course.code, files.world.lesson.slug])
    client = files.world.client("learner")
    assert f"<em>{ALT}</em>" in client.get(address).content.decode()
    assert not asked["_open"]
    assert not Rendition.objects.exists()
    assert sweeps.run(MAKE) == 1
    asked.clear()
    shown = client.get(address).content.decode()  # without a cleared cache: the worker told the course
    assert "<picture>" in shown
    assert f'alt="{ALT}"' in shown
    assert not asked["_open"]
    assert sweeps.run(MAKE) == 0


def test_made_by_two_workers_at_once_it_is_one(files, monkeypatch):
    make_sizes(files.image)
    before = set(Rendition.objects.values_list("pk", flat=True))
    make_sizes(get_image_model().objects.get(pk=files.image.pk))
    assert set(Rendition.objects.values_list("pk", flat=True)) == before


def test_a_picture_that_is_replaced_is_made_again(files):
    sweeps.run(MAKE)
    files.world.client("manager").post(
        reverse("wagtailimages:edit", args=[files.image.pk]),
        {"title": "Carte", "collection": files.image.collection_id, "file": ContentFile(picture("JPEG"), "y.jpg")},
    )
    assert sweeps.run(MAKE) == 1


def test_what_a_chooser_is_told_of_a_broken_picture_is_its_title(files):
    Path(files.image.file.path).unlink()
    answer = files.world.client("manager").get(reverse("wagtailimages_chooser:chosen", args=[files.image.pk]))
    assert answer.status_code == 200
    assert answer.json()["result"]["title"] == "Carte"
    with pytest.raises(SourceImageIOError):
        files.image.get_rendition("max-165x165")
