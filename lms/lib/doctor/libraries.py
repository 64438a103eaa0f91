"""Is a library here known to be weak, and for how long?"""

from collections import defaultdict
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.lib import advisories
from lms.lib.advisories import OLD, RENEWED_OFTEN, Advisory
from lms.lib.checkup import Finding, broken, fine, format_age, register, watch
from lms.lib.models import LibraryReport

NAMED = 3


@register
def known_weaknesses() -> Iterator[Finding]:
    """Red once a fixed version has been there for longer than SECURITY.md promises."""
    topic = _("Libraries")
    if not settings.ADVISORIES_URL:
        yield age_alone(topic)
        return
    row, now = LibraryReport.objects.filter(pk=1).first(), timezone.now()
    if row is None or row.heard_at is None or now - row.heard_at > OLD:
        yield unheard(topic, row)
    kinds: dict[str, list[Advisory]] = defaultdict(list)
    for each in advisories.heard():
        kinds[each.library].append(each)
    for found in kinds.values():
        yield weak(topic, found)
    if row and row.heard_at and not kinds:
        count = len(advisories.installed())
        text = ngettext("No known weakness in %(count)d library.", "No known weakness in %(count)d libraries.", count)
        yield fine(topic, text % {"count": count})


def unheard(topic: str, row: LibraryReport | None) -> Finding:
    error, remedy = (row.error if row else "") or _("not asked"), _("Run: python manage.py advisories")
    if row is None or row.heard_at is None:
        text = _("Nobody has answered yet whether they have known weaknesses: %(error)s.")
        return watch(topic, text % {"error": error}, remedy)
    text = _("Nobody has answered for %(age)s whether they have known weaknesses: %(error)s.")
    return watch(topic, text % {"age": format_age(timezone.now() - row.heard_at), "error": error}, remedy)


def weak(topic: str, found: list[Advisory]) -> Finding:
    """``found`` of one library, the most urgent first."""
    now, fixed = timezone.now(), [each for each in found if each.fixed]
    late = any(each.is_late(now) for each in fixed)
    shown = fixed or found
    names = ", ".join([*(each.code for each in shown[:NAMED]), *(["…"] if len(shown) > NAMED else [])])
    first = shown[0]
    values = {
        "library": f"{first.library} {first.version}", "names": names, "fixed": first.fixed,
        "age": format_age(now - first.since),
    }  # fmt: skip
    remedy = _(
        "Install a version of Passerelle with newer libraries; SECURITY.md says whom to tell when there is none."
    )
    if late:
        text = _("%(library)s has had a known weakness for %(age)s, and the time to renew it is over (%(names)s): "
                 "%(fixed)s is without it.")  # fmt: skip
        return broken(topic, text % values, remedy)
    if fixed:
        text = _("%(library)s has had a known weakness for %(age)s (%(names)s): %(fixed)s is without it.")
        return watch(topic, text % values, remedy)
    text = _("%(library)s has a known weakness (%(names)s), and there is no version without it.")
    return watch(
        topic, text % values, _("Read what its makers advise: https://osv.dev/%(name)s") % {"name": first.code}
    )


def age_alone(topic: str) -> Finding:
    """For a site that asks nobody."""
    renewed, remedy = advisories.renewed_at(), _("Set ADVISORIES_URL, and somebody is asked each day.")
    if renewed is None:
        return fine(topic, _("Nobody is asked whether they have known weaknesses."))
    age = timezone.now() - renewed
    if age > RENEWED_OFTEN:
        text = _("None was renewed for %(age)s, and nobody is asked whether they have known weaknesses.")
        return watch(topic, text % {"age": format_age(age)}, remedy)
    text = _("The newest came %(age)s ago. Nobody is asked whether they have known weaknesses.")
    return fine(topic, text % {"age": format_age(age)})
