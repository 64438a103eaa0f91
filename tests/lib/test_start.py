"""What stands between ``manage.py start`` and a public site."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from tests.factories.people import make_user


@pytest.fixture
def demo(db, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    user = make_user("trainer")
    user.set_password("passerelle-demo")
    user.save()
    return user


def test_production_does_not_start_with_the_demo_password(demo, settings):
    settings.IS_PRODUCTION = True
    with pytest.raises(SystemCheckError, match=demo.username):
        call_command("start", prepare_only=True)


def test_elsewhere_the_demo_starts(demo):
    call_command("start", prepare_only=True)
