"""What becomes of certificates when two accounts of one person are merged (``lms.accounts.merging``).

All go to the account that stays, with the code, the file and the name that they were issued with.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.merge_rules import Caution, register_holding, register_moves, register_stays, register_warning
from lms.accounts.models import User

register_moves("certificates.Certificate.user", "certificates.Certificate.enrolment")
register_stays("the history says who did what", "certificates.Certificate.revoked_by")


def certificate_lines(user: User) -> Iterator[str]:
    for certificate in user.certificates.order_by("issued_at"):
        words = {"title": certificate.title, "code": certificate.printed_code, "name": certificate.holder_name}
        yield _("%(title)s, %(code)s, in the name of %(name)s") % words


@register_warning
def both_hold_one(kept: User, merged: User) -> Iterator[Caution]:
    for certificate in merged.certificates.filter(course__in=kept.certificates.values("course")):
        text = _("Both accounts hold a certificate for “%(title)s”. Both stay valid, each with the name printed on it.")
        yield Caution(text % {"title": certificate.title})


register_holding("certificates", gettext_lazy("Certificates"), certificate_lines)
