"""Erasing an account leaves no column of a person by accident (``lms.accounts.erasing``)."""

import pytest

from lms.accounts import erasing
from lms.accounts.models import User
from placement.models import CandidateProfile
from placement.services import erasing as of_candidates

WRITTEN_ANEW = {"username", "password", "is_active", "name_key", "username_key", "sort_key"}
STAYS = {
    "accounts.User": {
        "id": "the records name it", "role": "decides which rules its records follow", "is_staff": "never of a learner",
        "is_superuser": "never of a learner", "is_demo": "demo content is taken away by it",
        "created_by": "who vouched for it", "merged_into": "no merged account is erased here",
        "date_joined": "when records began", "language": "one of the few of the site",
        "sms_stopped": "of a number that is gone", "session_epoch": "how often its sessions were ended",
    },
    "placement.CandidateProfile": {
        "id": "the records name it", "user": "the placeholder", "pseudonym": "drawn, and made of nothing of theirs",
        "searchable_since": "of a profile that nobody finds", "at_work_since": "a hire, which stands in the outcomes",
        "last_active_at": "when records ended", "indexed_at": "when the index was emptied", "mails": "nobody gets any",
    },
}  # fmt: skip
"""Columns that the erasure leaves as they are, and why they tell nothing of the person."""


@pytest.mark.parametrize(
    ("model", "blank", "written"),
    [(User, erasing.BLANK, WRITTEN_ANEW), (CandidateProfile, of_candidates.BLANK, set())],
    ids=["accounts.User", "placement.CandidateProfile"],
)
def test_each_column_is_erased_or_says_why_it_stays(model, blank, written):
    """A new column of a person: a line of ``BLANK``, or a reason above."""
    columns = {column.name for column in model._meta.concrete_fields}
    stays = STAYS[model._meta.label].keys()
    assert blank.keys() | written | stays == columns
    assert len(blank) + len(written) + len(stays) == len(columns), "a column is named twice"
    assert [name for name, value in blank.items() if value] == [], "what is left is empty"
