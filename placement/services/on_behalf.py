"""What a programme manager does for a learner in placement: hiding them, taking back every yes."""

from lms.accounts.enums import BehalfAct
from lms.accounts.models import User
from lms.accounts.on_behalf import register
from placement.models import CandidateProfile
from placement.services.code_names import end_names
from placement.services.indexing import index_profile
from placement.services.withdrawals import end_all


def hide(person: User, by: User) -> None:
    """No employer finds them any more; a yes that they gave stands."""
    profile = CandidateProfile.objects.filter(user=person).first()
    if profile is None or not CandidateProfile.objects.filter(pk=profile.pk).update(is_searchable=False):
        return
    end_names(profile_id=profile.pk)
    index_profile(profile=profile)


def withdraw(person: User, by: User) -> None:
    end_all(user=person)


register(BehalfAct.HIDE, hide)
register(BehalfAct.WITHDRAW, withdraw)
