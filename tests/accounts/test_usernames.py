"""User names are free, readable, and found without reading everybody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts import usernames
from lms.accounts.models import User

BASES = ["awa.diop", "awa.diop2", "awa", "awa1"]


def here(names: list[str]) -> None:
    User.objects.bulk_create([User(username=name, full_name=name) for name in names])


class Keys:
    """The database's answer, played by a set."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    def filter(self, username_key__in):
        self.asked = username_key__in
        return self

    def values_list(self, *_fields, flat):
        return [name for name in self.asked if name in self.taken]


@given(
    st.sets(st.builds("{}{}".format, st.sampled_from(BASES), st.sampled_from(["", *map(str, range(2, 60))]))),
    st.lists(st.sampled_from(BASES), max_size=12),
)
def test_names_are_new_different_and_the_smallest_that_are_free(taken, bases):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(usernames.User, "objects", Keys(taken))
        chosen = usernames.numbered(bases)
    used = set(taken)
    for base, name in zip(bases, chosen, strict=True):
        numbers = [base, *(f"{base}{number}" for number in range(2, 200))]
        assert name == next(one for one in numbers if one not in used)
        used.add(name)


def test_it_asks_as_often_for_many_people_as_for_few(db, django_assert_max_num_queries):
    here(["awa.diop", *(f"awa.diop{number}" for number in range(2, 400))])
    with django_assert_max_num_queries(8):
        assert usernames.free_names(["Awa Diop"] * 3 + ["Bin Ka"]) == [
            "awa.diop400",
            "awa.diop401",
            "awa.diop402",
            "bin.ka",
        ]
