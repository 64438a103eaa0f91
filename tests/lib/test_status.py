"""The status page of the admin: programme managers read it, nobody else."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_a_manager_reads_the_same_lines_as_doctor_says(site, manager, sign_in):
    manager.language = "en"
    manager.save()
    response = sign_in(manager).get(reverse("installation_status"), headers={"accept-language": "en"})
    assert response.status_code == 200
    assert "celery -A lms.celery worker" in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


def test_a_trainer_is_turned_away_and_sees_no_menu_item(site, trainer, sign_in):
    client = sign_in(trainer)
    assert client.get(reverse("installation_status")).status_code in {302, 403}
    assert reverse("installation_status") not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_a_learner_and_a_visitor_are_sent_away(site, learner, sign_in, client):
    assert sign_in(learner).get(reverse("installation_status")).status_code in {302, 403, 404}
    assert client.get(reverse("installation_status")).status_code == 302
