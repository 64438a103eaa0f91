"""What is wrong with a code that somebody typed from paper."""

import pytest

from certificates.codes import ALPHABET, new_code

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


def page_for(client, code: str) -> str:
    return client.get("/fr/verify/", {"code": code}).content.decode()


def test_one_wrong_character_is_told_as_one_wrong_character(client):
    code = new_code()
    other = ALPHABET[(ALPHABET.index(code[3]) + 1) % len(ALPHABET)]
    assert "un caractère est faux" in page_for(client, code[:3] + other + code[4:])


def test_a_code_that_is_cut_short_is_told_as_incomplete(client):
    assert "16 caractères" in page_for(client, new_code()[:15])


def test_characters_of_no_code_are_named(client):
    page = page_for(client, "OI" + new_code()[2:])
    assert "jamais ces caractères" in page
    assert "O I" in page


def test_a_whole_code_of_no_certificate_is_another_matter(client):
    page = page_for(client, new_code())
    assert "un caractère est faux" not in page
    assert "Aucun certificat" in page
