"""People and numbers are compared as people write them: one rule for sign-in, lists, imports and order."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts import identity, phones
from lms.accounts.directory import find_person, people_matching
from lms.accounts.fields import AddressField, PhoneField
from lms.accounts.forms import NumberReleasingForm
from lms.accounts.models import DERIVED, AuditEvent, User
from lms.lib.comparison import comparable, heading_key
from lms.lib.sort_order import Alphabetical, sort_key
from tests.factories.people import make_user
from tests.test_order import all_forms

SIGN_IN = "/fr/accounts/login/"


@pytest.mark.parametrize(
    "typed",
    ["Awa N'Diaye", "awa n’diaye", "AWA N`DIAYE", "Awa Nʼdiaye", "Awa Ndiaye", "N'Diaye Awa", "NDIAYE, Awa",
     "Awa\u00a0N\u2019Diaye", "\ufeffAwa N'Diaye ", "A\u200bwa N‘Diaye", "Awa  N´Diaye", "Ａｗａ N'Diaye"],
)  # fmt: skip
def test_spellings_of_one_name(typed):
    assert identity.same_name("Awa N’Diaye", typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Jean-Pierre Koffi", "Koffi Jean Pierre"), ("Inès Bâ", "ba ines"), ("Œuvre Anne", "anne OEUVRE"),
     ("Ɓintu Ɗiallo", "bintu diallo"), ("Ines\u0300", "Inès"), ("李 小龙", "小龙 李")],
)  # fmt: skip
def test_more_spellings_of_one_name(one, other):
    assert identity.same_name(one, other)


@pytest.mark.parametrize(("one", "other"), [("Awa Ba", "Awa Bah"), ("Awa", "Awa Ba"), ("", ""), ("!", "?")])
def test_different_names(one, other):
    assert not identity.same_name(one, other)


@given(st.text(max_size=40))
def test_keys_are_stable(text):
    assert comparable(comparable(text)) == comparable(text)
    assert identity.name_key(identity.name_key(text)) == identity.name_key(text)
    assert identity.username_key(identity.username_key(text)) == identity.username_key(text)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [("2250701020304", "", "+2250701020304"), ("2250701020304", "CI", "+2250701020304"),
     ("701020304", "CI", "+2250701020304"), ("0701020304", "CI", "+2250701020304"),
     ("701020304.0", "CI", "+2250701020304"), ("00225 07 01 02 03 04", "", "+2250701020304"),
     ("07010203", "CI", "+2250707010203"), ("7010203", "CI", "+2250707010203"),
     ("+225 04 12 34 56", "", "+2250504123456"), ("41234567", "CI", "+2250141234567"),
     ("22501020304", "SN", "+2250101020304"), ("20221234", "CI", "+2252720221234"),
     ("97123456", "BJ", "+2290197123456"), ("+229 97 12 34 56", "", "+2290197123456"),
     ("22997123456", "SN", "+2290197123456"), ("0197123456", "BJ", "+2290197123456"),
     ("197123456", "BJ", "+2290197123456"), ("٠٧٠١٠٢٠٣٠٤", "CI", "+2250701020304"),
     ("０７７１２３", "SN", ""), ("\u202a+221 77 123 45 67\u202c", "", "+221771234567"),
     ("Tél. : 77 123 45 67", "", "+221771234567"), ("612345678", "FR", "+33612345678"),
     ("2,25E+12", "CI", ""), ("77 123 45 67 / 76 123 45 67", "", ""),
     ("'0701020304", "CI", "+2250701020304"), ("07\u202f01\u202f02\u202f03\u202f04", "CI", "+2250701020304"),
     ("07\u00a001\u00a002\u00a003\u00a004", "CI", "+2250701020304"), ("(+225) 07-01-02-03-04", "", "+2250701020304"),
     ("07_01_02_03_04", "CI", "+2250701020304"), ("07–01–02–03–04", "CI", "+2250701020304"),
     ("+225 (0)7 01 02 03 04", "", "+2250701020304"), ("+221 (0)77 123 45 67", "", "+221771234567"),
     ("＋225 07 01 02 03 04", "", "+2250701020304"), ("(00225) 0701020304", "", "+2250701020304"),
     ("07 01 02 03 04 (WhatsApp)", "CI", "+2250701020304"), ("77 123 45 67 Orange Money", "", "+221771234567"),
     ("7.01020304E8", "CI", "+2250701020304"), ("2,250701020304E+12", "", "+2250701020304"),
     ("2.2507E+12", "CI", ""), ("٠٠٢٢٥٠٧٠١٠٢٠٣٠٤", "", "+2250701020304"), ('="0701020304"', "CI", "+2250701020304"),
     ("771234567.00", "", "+221771234567"), ("771 234 567,0", "", "+221771234567"),
     ("26012345", "CI", ""), ("10123456", "CI", ""), ("00123456", "CI", "")],
)  # fmt: skip
def test_numbers_as_people_and_spreadsheets_leave_them(text, country, number):
    assert phones.to_e164(text, country) == number


@pytest.mark.parametrize("text", ["2,25E+12", "2.25E+12", "2,2507E12", "225e10", "2,25 E+12"])
def test_a_shortened_number_is_known_for_one(text):
    assert phones.is_shortened(text)


@pytest.mark.parametrize(
    ("old", "fresh"),
    [("+22501020304", "01"), ("+22540123456", "01"), ("+22504123456", "05"), ("+22575123456", "05"),
     ("+22507010203", "07"), ("+22589123456", "07"), ("+22520001234", "25"), ("+22520221234", "27"),
     ("+22520801234", "21"), ("+22523801234", "21"), ("+22536001234", "25"), ("+22531912345", "27"),
     ("+22524301234", "27"), ("+22595123456", "05")],
)  # fmt: skip
def test_an_old_number_of_cote_divoire_keeps_its_digits(old, fresh):
    assert phones.renumbered(old) == f"+225{fresh}{old[4:]}"


@pytest.mark.parametrize("text", ["CI", "ci", "Côte d’Ivoire", "cote d'ivoire", "+225", "00225", "225", "Ivory Coast"])
def test_a_country_as_people_name_it(text):
    assert phones.country_from(text) == "CI"


@pytest.mark.parametrize(
    ("title", "key"),
    [("N° de téléphone", "no de telephone"), ("\ufeffNom et Prénom(s) :", "nom et prenom s"), ("TÉL.", "tel"),
     ("N\u00a0º  téléphone", "n o telephone"), ("e-mail_address", "e mail address")],
)  # fmt: skip
def test_headings(title, key):
    assert heading_key(title) == key


@pytest.mark.parametrize("old", ["+22526012345", "+22510123456", "+22500123456", "+22524801234", "+22536801234"])
def test_what_was_no_prefix_of_an_operator_is_not_guessed(old):
    """2[4-4]8 and 36 8 were never Moov’s: a number made up of them would be somebody else’s."""
    assert not phones.renumbered(old).startswith("+22521")


@given(st.sampled_from(["CI", "BJ", "SN"]), st.from_regex(r"\+(225|229|221)[0-9]{8}", fullmatch=True))
def test_a_number_made_longer_keeps_the_digits_of_before(country, old):
    fresh = phones.renumbered(old)
    assert not fresh or (fresh.endswith(old[4:]) and len(fresh) == len(old) + 2)


# --- what was typed is kept, through whatever door it came


def test_every_form_of_a_person_keeps_what_was_typed(client, db, sign_in, manager):
    forms = [form for form in all_forms() if any(isinstance(f, PhoneField) for f in form.base_fields.values())]
    assert {form for form in forms if not issubclass(form, NumberReleasingForm)} == set(), (
        "a new door: keep phone_typed"
    )
    data = {"full_name": "Awa Sow", "country": "CI", "phone": "07 01 02 03", "password1": "mangue-verte",
            "language": "fr"}  # fmt: skip
    client.post("/fr/accounts/signup/", data)
    awa = User.objects.get(full_name="Awa Sow")
    assert (awa.phone, awa.phone_typed) == ("+2250707010203", "07 01 02 03")
    address, team = f"/cms/learners/{awa.pk}/", sign_in(manager)
    form = {"full_name": "Awa Sow", "language": "fr", "is_active": "on"}
    assert "07 01 02 03" in team.get(address).content.decode()
    team.post(address, form | {"phone": "+225 20 22 12 34"})
    awa.refresh_from_db()
    assert (awa.phone, awa.phone_typed) == ("+2252720221234", "+225 20 22 12 34")
    team.post(address, form | {"phone": ""})
    awa.refresh_from_db()
    assert (awa.phone, awa.phone_typed) == (None, "")


def test_the_same_number_in_another_writing_stays_proved(sign_in, manager):
    awa = make_user("awa", phone="+221771234567", phone_verified_at=timezone.now(), phone_typed="77.123.45.67 x")
    data = {"full_name": "Awa", "language": "fr", "is_active": "on", "phone": "77 123 45 67"}
    sign_in(manager).post(f"/cms/learners/{awa.pk}/", data)
    awa.refresh_from_db()
    assert awa.phone_verified_at is not None
    assert awa.phone_typed == "77.123.45.67 x"


@pytest.mark.parametrize("text", ["2,25E+12", "2.2507E+12"])
def test_a_form_says_that_a_number_was_shortened(text):
    with pytest.raises(ValidationError, match="tableur"):
        PhoneField().clean(text)


# --- keys that are kept


def keys_of(user: User) -> dict:
    user = User.objects.get(pk=user.pk)
    return {key: bytes(getattr(user, key)) if key == "sort_key" else getattr(user, key) for key in DERIVED}


def test_whatever_writes_a_name_writes_its_keys(db):
    user = make_user("Awa.Sow", full_name="Awa Sow")
    assert keys_of(user) == {"name_key": "awa sow", "sort_key": sort_key("Awa Sow"), "username_key": "awa.sow"}
    user.full_name = "Élise Bâ"
    user.save(update_fields=["full_name"])
    assert keys_of(user)["name_key"] == "ba elise"
    User.objects.filter(pk=user.pk).update(full_name="N’Diaye", username="Inès")
    assert (keys_of(user)["name_key"], keys_of(user)["username_key"]) == ("ndiaye", "ines")
    user.full_name = "Ama Koffi"
    User.objects.bulk_update([user], ["full_name"])
    assert keys_of(user)["name_key"] == "ama koffi"
    (made,) = User.objects.bulk_create([User(username="x.y", full_name="Zoé Ba", password="!")])
    assert keys_of(made)["name_key"] == "ba zoe"
    other, _new = User.objects.update_or_create(username="x.y", defaults={"full_name": "Zoé Sow"})
    assert keys_of(other)["name_key"] == "sow zoe"
    with pytest.raises(TypeError):
        User.objects.update(full_name=F("username"))


def test_user_names_alike_but_for_accents_are_one(db):
    make_user("ines.koffi")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("Inès.Koffi")


# --- sign-in


@pytest.mark.parametrize(
    "typed", ["awa.ndiaye", "Awa. Ndiaye", " AWA.NDIAYE ", "awa.ndiaye\u200b", "awa .ndiaye", "àwa.ndiaye"]
)
@pytest.mark.parametrize("pin", ["739155", "739155 ", " 739155", "٧٣٩١٥٥", "７３９１５５", "739155\u200b"])
def test_they_sign_in_as_their_phone_types(client, db, typed, pin):
    user = make_user("awa.ndiaye")
    user.set_password("739155")
    user.save()
    client.post(SIGN_IN, {"login": typed, "password": pin})
    assert client.session.get("_auth_user_id") == str(user.pk)


def test_a_pin_of_before_with_a_space_still_opens(db):
    user = make_user("awa")
    super(User, user).set_password(" 739155 ")
    assert user.check_password(" 739155 ")
    assert not user.check_password("739155")
    user.set_password("739155 ")
    assert user.check_password("739155")
    assert not user.check_password("")
    assert not user.check_password(" ")


@pytest.mark.parametrize(
    "typed", ["0701020304", "701020304", "2250701020304", "+225 07 01 02 03 04", "0022507 01020304"]
)
def test_they_sign_in_with_their_number_however_written(client, db, typed):
    user = make_user("awa", phone="+2250701020304")
    client.post(SIGN_IN, {"login": typed, "password": "une-phrase-de-passe"})
    assert client.session.get("_auth_user_id") == str(user.pk)


# --- lists


@pytest.mark.parametrize(
    "asked",
    ["ndiaye", "N'Diaye ines", "inès n’di", "INES.ND", "ines nd", "77 123", "0771234567", "ines@", "+221 77 123 45 67"],
)
def test_a_person_is_found_as_they_are_written(db, asked):
    user = make_user("ines.ndiaye", full_name="Inès N’Diaye", phone="+221771234567", email="ines@example.org")
    make_user("other", full_name="Moussa Ba", phone="+221770000000")
    assert list(User.objects.filter(people_matching(asked))) == [user]


@pytest.mark.parametrize("asked", ["zzz", "inès ba", "", "%", "_", "'", "1"])
def test_and_not_otherwise(db, asked):
    make_user("ines.ndiaye", full_name="Inès N’Diaye")
    assert not User.objects.filter(people_matching(asked)).exists()


def test_somebody_named_in_a_field(db):
    awa, other = (
        make_user("awa.ba", full_name="Awa Bâ", phone="+221771234567", phone_verified_at=timezone.now()),
        make_user("awa.ba2", full_name="Ba Awa", phone_verified_at=timezone.now()),
    )
    everybody = User.objects.all()
    assert find_person(everybody, "Awa. Ba") == awa
    assert find_person(everybody, "77 123 45 67") == awa
    assert find_person(everybody, "AWA.BA2") == other
    assert find_person(everybody, "Awa  Ba") is None, "two people"
    assert find_person(everybody, "") is None


NAMES = ["Zoé", "Élise", "Fatou", "Eva", "elise", "Eric", "awa", "N’Diaye", "Ndiaye", "N'Diaye", "Ba", "Bâ", "ba",
         "De Souza", "Deb", "Ørsted", "Oscar", "Œuvre", "Odile", "Ñora", "Nora", "Jean-Pierre", "Jean Pierre", "Jeanne",
         "coté", "côte", "côté", "cote", "2 Awa", "Ŋaari", "Nzinga", "Öykü"]  # fmt: skip


def test_the_alphabet_is_the_same_everywhere(db):
    """What is kept, what the database is asked for, and Python's own: one order, É between E and F."""
    for number, name in enumerate(NAMES):
        make_user(f"u{number}", full_name=name)
    expected = sorted(NAMES, key=sort_key)
    kept = list(User.objects.order_by("sort_key", "pk").values_list("full_name", flat=True))
    asked = list(User.objects.order_by(Alphabetical("full_name"), "pk").values_list("full_name", flat=True))
    assert kept == expected
    assert [n.replace("’", "'") for n in asked] == [n.replace("’", "'") for n in expected]
    order = [name for name in expected if name in {"Eva", "Élise", "Fatou", "elise", "Eric"}]
    assert order == ["elise", "Élise", "Eric", "Eva", "Fatou"]


@pytest.mark.parametrize("typed", ["Awa@Example.org", " awa@example.org", "awa@example.org\u200b", "AWA @example.org"])
def test_an_address_is_one_however_it_is_typed(db, typed):
    user = make_user("awa", email="awa@example.org")
    assert list(User.objects.filter(identity.has_address(typed))) == [user]
    assert AddressField().clean(typed).lower() == "awa@example.org"


@pytest.mark.parametrize("has", [identity.has_address, identity.has_name, identity.has_username])
def test_nothing_typed_means_nobody(db, has):
    make_user("awa", full_name="", email="")
    for typed in ("", "  ", "\u200b"):
        assert not User.objects.filter(has(typed)).exists()


# --- what was here before


def test_the_migration_writes_keys_parts_twins_and_renumbers(db):
    migration = import_module("lms.accounts.migrations.0007_write_identity_keys")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX unique_username_as_typed")
    first, twin, benin, taken = (make_user(n, full_name="Inès Bâ") for n in ("ines.ba", "inés.ba", "benin", "taken"))
    manager = User._base_manager
    manager.filter(pk=benin.pk).update(phone="+22997123456")
    manager.filter(pk=taken.pk).update(phone="+22507010203")
    make_user("owner", phone="+2250707010203")
    manager.update(name_key="", username_key="", sort_key=b"")
    for step in (migration.write_keys, migration.part_twins, migration.renumber):
        step(apps, None)
    people = {user.pk: user for user in User.objects.all()}
    assert people[first.pk].name_key == "ba ines"
    assert people[first.pk].username == "ines.ba"
    assert people[twin.pk].username_key == "ines.ba2"
    assert (people[benin.pk].phone, people[benin.pk].phone_typed) == ("+2290197123456", "+22997123456")
    assert people[taken.pk].phone == "+22507010203", "somebody has the number of today"
    assert AuditEvent.objects.filter(verb="renumber").count() == 1
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX again ON accounts_user (username_key)")
