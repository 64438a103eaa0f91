"""The public code: typed from paper, typed wrong, pasted as a link."""

from __future__ import annotations

import itertools

import pytest

from certificates.codes import ALPHABET, LENGTH, format_code, is_code, new_code, normalise_code

CODE = "8CWX4FRCY38KF5T5"  # made once by new_code, so that every run collects the same tests


def test_new_code_is_well_formed() -> None:
    for _ in range(200):
        code = new_code()
        assert len(code) == LENGTH
        assert set(code) <= set(ALPHABET)
        assert is_code(code)


def test_new_codes_differ() -> None:
    assert len({new_code() for _ in range(500)}) == 500


def test_alphabet_has_no_vowels_and_no_look_alikes() -> None:
    assert not set(ALPHABET) & set("AEIOU01LBGSZQ")
    assert len(set(ALPHABET)) == len(ALPHABET) == 23


def test_format_code_in_groups_of_four() -> None:
    assert format_code("7K3MC9XWDTF4H2JP") == "7K3M-C9XW-DTF4-H2JP"


@pytest.mark.parametrize(
    "typed",
    [
        "7k3m-c9xw-dtf4-h2jp",
        " 7K3M C9XW DTF4 H2JP ",
        "7K3M\u2011C9XW\u2013DTF4—H2JP",
        "7K3M.C9XW.DTF4.H2JP\n",
        "https://passerelle.example/v/7K3M-C9XW-DTF4-H2JP",
        "passerelle.example/v/7K3MC9XWDTF4H2JP/?langue=fr",
        "HTTPS://PASSERELLE.EXAMPLE/V/7K3MC9XWDTF4H2JP#12345",
        "7K3MC9XWDTF4HZJP",
        "\uff17K\uff13MC9XWDTF4H2JP",
        "٧K٣MC٩XWDTF٤H٢JP",
    ],
)
def test_normalise_code_accepts_what_people_type(typed: str) -> None:
    assert normalise_code(typed) == "7K3MC9XWDTF4H2JP"


@pytest.mark.parametrize(("misread", "sign"), [("B", "8"), ("G", "6"), ("S", "5"), ("U", "V"), ("Z", "2")])
def test_misread_letters_are_put_right(misread: str, sign: str) -> None:
    code = next(code for code in iter(new_code, "") if sign in code)
    assert is_code(code.replace(sign, misread))
    assert normalise_code(code.replace(sign, misread).lower()) == code


def test_every_single_wrong_sign_is_found() -> None:
    for place, sign in itertools.product(range(LENGTH), ALPHABET):
        if sign != CODE[place]:
            assert not is_code(CODE[:place] + sign + CODE[place + 1 :])


def test_every_exchange_of_two_signs_is_found() -> None:
    for first, second in itertools.combinations(range(LENGTH), 2):
        signs = list(CODE)
        signs[first], signs[second] = signs[second], signs[first]
        assert is_code("".join(signs)) == (CODE[first] == CODE[second])


@pytest.mark.parametrize("text", ["", "   ", "7K3M", CODE + "2", CODE[:-1], "0" * 16, "A" * 16, "王" * 16, "ⅳ" * 16])
def test_is_code_refuses(text: str) -> None:
    assert not is_code(text)
