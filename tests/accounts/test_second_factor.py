"""The second factor: who needs one, no door without it, no code twice, and what helps when it is lost."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from lms.accounts import doctor, second_factor, services
from lms.accounts.enums import Role
from lms.accounts.middleware import FACTOR_NAMES, PROOF_NAMES
from lms.accounts.models import AuditEvent, OutboundMessage, User
from lms.lib.sealing import UnreadableSecretError, seal, unseal
from tests.factories.people import PASSWORD, make_user

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = 1_800_000_000
STAFF = ("trainer", "manager", "admin")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that tests move by hand; it moves codes only."""

    class Clock:
        now = NOW

    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: Clock.now)
    return Clock


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def person(request, db) -> User:
    """Somebody of the team, by name."""
    if request.param == "admin":
        return User.objects.create_superuser("root", password=PASSWORD)
    return make_user("moussa", Role(request.param), full_name="Moussa Ba", email="moussa@passerelle.example")


def code_at(moment: float) -> str:
    return str(format_hotp_value(hotp_value(SECRET, int(moment) // 30)))


def with_app(user: User) -> Authenticator:
    app: Authenticator = TOTP.activate(user, SECRET).instance
    return app


def enter(user: User, client: Client | None = None, password: str = PASSWORD):
    client = client or Client()
    answer = client.post(reverse("account_login"), {"login": user.username, "password": password})
    return client, answer


def type_code(client: Client, code: str, name: str = "mfa_authenticate"):
    return client.post(reverse(name), {"code": code})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# --- whom it is asked of


def addresses(client: Client) -> list[str]:
    """Every address without arguments, of ours and of libraries."""
    found = []
    for prefix in ("", "fr/", "cms/"):
        resolver = get_resolver()
        for pattern in resolver.url_patterns if not prefix else []:
            walk(pattern, "/", found)
    return sorted({path for path in found if "<" not in path and "(" not in path and "\\" not in path})


def walk(pattern, prefix: str, found: list[str]) -> None:
    route = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
    if isinstance(pattern, URLPattern):
        found.append(route)
        return
    for inner in pattern.url_patterns:
        walk(inner, route, found)


FREE = re.compile(r"/(livez|readyz|healthz|metrics|robots\.txt)$|/fr/accounts/(logout|language)/|/cms/logout/")


@pytest.mark.parametrize("person", STAFF, indirect=True)
@pytest.mark.parametrize("factor", [False, True])
@pytest.mark.pages
def test_no_address_opens_to_a_session_of_the_team_without_it(person, factor, required, sign_in):
    """Whatever opened the session, whatever address a library brings, asked for by the browser or by htmx."""
    if factor:
        with_app(person)
    client, goal = sign_in(person), reverse("mfa_reauthenticate" if factor else "mfa_index")
    free = {reverse(name) for name in (PROOF_NAMES if factor else FACTOR_NAMES)}
    paths = addresses(client)
    assert len(paths) > 100
    assert "/cms/" in paths
    for number, path in enumerate(paths):
        if path in free or FREE.search(path):
            continue
        for method in (client.get, client.post):
            is_htmx = (method == client.post) == bool(number % 2)
            answer = method(path, headers={"HX-Request": "true"} if is_htmx else {})
            where = answer.headers.get("HX-Redirect" if is_htmx else "Location", "")
            assert where.split("?")[0] == goal, (path, answer.status_code, where)


def test_learners_and_employers_are_not_asked(learner, employer_user, required, sign_in):
    assert sign_in(learner).get("/fr/learn/").status_code == 200
    assert sign_in(employer_user).get(reverse("accounts:settings")).status_code == 200


def test_employers_are_asked_where_the_site_says_so(employer_user, learner, sign_in, settings, clock):
    settings.EMPLOYER_SECOND_FACTOR = True
    client = sign_in(employer_user)
    assert client.get(reverse("accounts:settings")).url == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    with_app(employer_user)
    assert not second_factor.may_remove(Authenticator.objects.get(user=employer_user, type=Authenticator.Type.TOTP))
    assert sign_in(learner).get(reverse("accounts:settings")).status_code == 200


def test_learners_have_no_such_page(learner, sign_in):
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"):
        assert sign_in(learner).get(reverse(name)).status_code == 404


def test_whoever_the_admin_lets_in_is_asked(required, db):
    """The gate and the demand ask the same question."""
    for role in Role:
        user = make_user(f"one-{role}", role)
        client = Client()
        client.force_login(user)
        enters = client.get("/cms/").status_code != 403
        assert enters == second_factor.is_required(user)


def test_off_unless_set():
    from lms.settings import base

    assert base.SECOND_FACTOR_REQUIRED is False


# --- setting it up


@pytest.mark.parametrize("person", STAFF, indirect=True)
def test_it_is_set_up_at_the_first_sign_in(person, required, clock, django_capture_on_commit_callbacks):
    client, answer = enter(person)
    assert client.get("/cms/").headers["Location"] == reverse("mfa_index")
    assert "avant de continuer" in client.get(reverse("mfa_index")).content.decode()
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert "data:image/svg+xml;base64," in page.content.decode()
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, clock.now // 30))
    answer = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<code>(\d{8})</code>", client.get(answer.headers["Location"]).content.decode())
    assert len(codes) == 10
    assert not re.findall(r"\d{8}</code>", client.get(answer.headers["Location"]).content.decode())  # shown once
    assert client.get("/cms/").status_code == 200
    assert AuditEvent.objects.filter(verb="add-second-factor", target=f"accounts.User:{person.pk}").exists()
    assert OutboundMessage.objects.filter(user=person, kind="second-factor").exists()
    row = Authenticator.objects.get(type="totp")
    assert secret not in str(row.data)
    # the very code that set it up signs nobody in
    other, _answer = enter(person)
    assert type_code(other, code).status_code == 200
    assert not is_in(other)


def test_other_sessions_end_when_it_is_set_up(employer_user, clock):
    """Also for employers, of whom nothing is asked: an open session elsewhere was opened by a password alone."""
    elsewhere, _answer = enter(employer_user)
    here, _answer = enter(employer_user)
    here.get(reverse("mfa_activate_totp"))
    code = format_hotp_value(hotp_value(here.session["mfa.totp.secret"], clock.now // 30))
    here.post(reverse("mfa_activate_totp"), {"code": code})
    assert here.get(reverse("accounts:settings")).status_code == 200
    assert elsewhere.get(reverse("accounts:settings")).status_code == 302
    again, answer = enter(employer_user)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(again)


def test_the_password_is_asked_for_again_later(trainer, required, sign_in):
    """A session left open sets up no factor of a stranger's."""
    client = sign_in(trainer)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    wrong = client.post(answer.headers["Location"], {"password": "wrong"})
    assert wrong.status_code == 200
    right = client.post(answer.headers["Location"], {"password": PASSWORD})
    assert right.headers["Location"] == reverse("mfa_activate_totp")


# --- signing in


@pytest.mark.parametrize("person", STAFF, indirect=True)
def test_signing_in_takes_both(person, required, clock):
    with_app(person)
    client, answer = enter(person)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    page = client.get(reverse("mfa_authenticate"))
    assert page.status_code == 200
    assert type_code(client, code_at(clock.now)).status_code == 302
    assert client.get("/cms/").status_code == 200


def test_a_code_works_once(trainer, clock):
    """Also while allauth would accept it again: a step early and a step late."""
    with_app(trainer)
    code = code_at(clock.now)
    first, _answer = enter(trainer)
    assert type_code(first, code).status_code == 302
    for seconds in (0, 29, 31, 45):
        clock.now = NOW + seconds
        from django.core.cache import caches

        caches["shared"].clear()  # what allauth remembers is gone
        again, _answer = enter(trainer)
        type_code(again, code)
        assert not is_in(again), seconds
    older, _answer = enter(trainer)
    type_code(older, code_at(NOW - 30))  # nor one from before it
    assert not is_in(older)
    clock.now = NOW + 60
    later, _answer = enter(trainer)
    assert type_code(later, code_at(clock.now)).status_code == 302


@pytest.mark.parametrize("ended_by", ["a new password", "a manager"])
def test_a_sign_in_that_waits_for_the_code_ends_with_the_password(trainer, manager, clock, ended_by):
    """Whoever knew the old password stands before the second question already."""
    with_app(trainer)
    client, _answer = enter(trainer)
    if ended_by == "a new password":
        services.set_pin(user=User.objects.get(pk=trainer.pk), pin="a-quite-different-one")
    else:
        second_factor.end_other_sessions(user=User.objects.get(pk=trainer.pk))
    answer = type_code(client, code_at(NOW))
    assert answer["Location"] == reverse("account_login")
    assert not is_in(client)
    assert "a été changé" in client.get(answer["Location"]).content.decode()
    assert type_code(client, code_at(NOW + 30))["Location"] == reverse("account_login")


def test_wrong_codes_are_counted(trainer, manager, clock):
    with_app(trainer)
    for _try in range(8):
        client, _answer = enter(trainer)  # a new session does not begin a new count
        assert "pas bon" in type_code(client, "000000").content.decode()
    client, _answer = enter(trainer)
    page = type_code(client, code_at(clock.now)).content.decode()
    assert "Trop de codes" in page
    assert not is_in(client)
    from lms.accounts import services

    services.guesses.lift(trainer)
    assert type_code(client, code_at(clock.now)).status_code == 302


@pytest.mark.parametrize("name", ["mfa_reauthenticate", "mfa_activate_totp"])
def test_wrong_codes_are_counted_on_every_page(name, employer_user, clock):
    if name == "mfa_reauthenticate":
        client, _answer = enter(employer_user)
        with_app(employer_user)
    else:
        client, _answer = enter(employer_user)
        client.get(reverse(name))
    for _try in range(8):
        type_code(client, "000000", name)
    assert "Trop de codes" in type_code(client, "000000", name).content.decode()


def test_every_form_of_codes_is_ours(settings):
    """A form of allauth's own would not count."""
    from allauth.mfa import app_settings
    from django.utils.module_loading import import_string

    for name, path in settings.MFA_FORMS.items():
        assert path.startswith("lms.accounts.factor_forms."), name
        import_string(path)
    assert {
        "authenticate",
        "reauthenticate",
        "activate_totp",
        "authenticate_webauthn",
        "reauthenticate_webauthn",
    } <= set(settings.MFA_FORMS)
    assert not app_settings.PASSKEY_LOGIN_ENABLED
    assert not app_settings.TRUST_ENABLED


def test_a_recovery_code_works_once(trainer, required, clock):
    with_app(trainer)
    code = RecoveryCodes.activate(trainer).generate_codes()[0]
    client, _answer = enter(trainer)
    assert type_code(client, code).status_code == 302
    again, _answer = enter(trainer)
    type_code(again, code)
    assert not is_in(again)


# --- taking it away


def test_removing_takes_the_factor_itself(employer_user, clock):
    with_app(employer_user)
    client, _answer = enter(employer_user)
    type_code(client, code_at(clock.now))
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert Authenticator.objects.exists()
    # the password alone does not do
    assert client.get(reverse("account_reauthenticate")).headers["Location"].startswith(reverse("mfa_reauthenticate"))
    clock.now = NOW + 60
    type_code(client, code_at(clock.now), "mfa_reauthenticate")
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.filter(verb="remove-second-factor").exists()


def test_the_last_one_stays_where_it_is_required(trainer, required, clock):
    with_app(trainer)
    client, _answer = enter(trainer)
    type_code(client, code_at(clock.now))
    clock.now = NOW + 60
    type_code(client, code_at(clock.now), "mfa_reauthenticate")
    page = client.post(reverse("mfa_deactivate_totp"))
    assert page.status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_manager_resets_the_factor_of_another(trainer, manager, sign_in, clock):
    with_app(trainer)
    theirs, _answer = enter(trainer)
    type_code(theirs, code_at(clock.now))
    assert theirs.get("/cms/").status_code == 200
    client = sign_in(manager)
    page = client.get(reverse("people:access", args=[trainer.pk]))
    assert "Réinitialiser" in page.content.decode()
    client.post(reverse("people:reset_factor", args=[trainer.pk]))
    assert not Authenticator.objects.filter(user=trainer).exists()
    assert theirs.get("/cms/").status_code == 302  # signed out
    event = AuditEvent.objects.get(verb="reset-second-factor")
    assert (event.actor, event.target) == (manager, f"accounts.User:{trainer.pk}")
    assert OutboundMessage.objects.filter(user=trainer, kind="second-factor").exists()


def test_nobody_resets_ones_own_and_managers_no_administrators(manager, trainer, learner, sign_in, db):
    root = User.objects.create_superuser("root", password=PASSWORD)
    other = User.objects.create_superuser("racine", password=PASSWORD)
    for user in (manager, root, trainer):
        with_app(user)
    for by, target in ((manager, manager), (manager, root), (root, root), (trainer, root), (learner, trainer)):
        for name in ("reset_factor", "unlock_sign_in"):
            answer = sign_in(by).post(reverse(f"people:{name}", args=[target.pk]))
            assert answer.status_code in (302, 403), (by, target)
    assert Authenticator.objects.count() == 3
    with pytest.raises(ValueError, match="own"):
        second_factor.reset(user=root, by=root)
    sign_in(other).post(reverse("people:reset_factor", args=[root.pk]))
    assert not Authenticator.objects.filter(user=root).exists()


def test_the_pause_of_anybody_ends_by_a_manager(manager, employer_user, sign_in):
    for _try in range(8):
        enter(employer_user, password="wrong")
    client, _answer = enter(employer_user)
    assert not is_in(client)
    page = sign_in(manager).get(reverse("people:access", args=[employer_user.pk]))
    assert "pause maintenant" in page.content.decode()
    sign_in(manager).post(reverse("people:unlock_sign_in", args=[employer_user.pk]))
    from lms.accounts import guesses

    guesses.lift(employer_user)  # on commit
    client, _answer = enter(employer_user)
    assert is_in(client)
    assert AuditEvent.objects.filter(verb="lift-pause", actor=manager).exists()


def test_the_command_helps_the_last_manager(manager):
    with_app(manager)
    out = StringIO()
    call_command("reset_second_factor", manager.username, stdout=out)
    assert manager.username in out.getvalue()
    assert AuditEvent.objects.get(verb="reset-second-factor").actor is None
    with pytest.raises(CommandError, match="no second factor"):
        call_command("reset_second_factor", manager.username)
    with pytest.raises(CommandError, match="No account"):
        call_command("reset_second_factor", "nobody")


# --- secrets


def test_secrets_are_sealed_and_outlive_a_new_key(trainer, settings, clock):
    with_app(trainer)
    row = Authenticator.objects.get()
    assert SECRET not in str(row.data)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [old]
    client, _answer = enter(trainer)
    assert type_code(client, code_at(clock.now)).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    clock.now = NOW + 60
    client, _answer = enter(trainer)
    assert type_code(client, code_at(clock.now)).status_code == 200  # no code is right, and no page breaks
    assert second_factor.unreadable() == 1
    (finding,) = doctor.second_factors()
    assert "SECRET_KEY_FALLBACKS" in finding.remedy


def test_a_seal_opens_for_its_purpose_alone():
    assert unseal(seal("abc", purpose="a"), purpose="a") == "abc"
    with pytest.raises(UnreadableSecretError):
        unseal(seal("abc", purpose="a"), purpose="b")


def test_doctor_tells(trainer, settings):
    settings.IS_PRODUCTION = True
    (finding,) = doctor.second_factors()
    assert "SECOND_FACTOR_REQUIRED" in finding.remedy
    settings.SECOND_FACTOR_REQUIRED = True
    (finding,) = doctor.second_factors()
    assert "1" in finding.text
