from django.db import models
from django.utils.translation import gettext_lazy as _


class Vetting(models.TextChoices):
    WAITING = "waiting", _("waiting for our check")
    VETTED = "vetted", _("checked")
    SUSPENDED = "suspended", _("suspended")


class OpportunityKind(models.TextChoices):
    JOB = "job", _("job")
    INTERNSHIP = "internship", _("internship")
    APPRENTICESHIP = "apprenticeship", _("apprenticeship")
    ASSIGNMENT = "mission", _("assignment")


class OpportunityState(models.TextChoices):
    DRAFT = "draft", _("draft")
    WAITING = "waiting", _("waiting for our check")
    OPEN = "open", _("open")
    FILLED = "filled", _("filled")
    CLOSED = "closed", _("closed")


class ReviewSubject(models.TextChoices):
    """What waits for a person of the programme."""

    NEW = "new", _("opportunity to open")
    CHANGE = "change", _("change of an open opportunity")
    ANSWER = "answer", _("answer to a candidate")
    MESSAGE = "message", _("message to a candidate")


class ReviewState(models.TextChoices):
    WAITING = "waiting", _("waiting for our check")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("sent back")
    REFUSED = "refused", _("refused")
    DROPPED = "dropped", _("withdrawn by the employer")
    REPLACED = "replaced", _("rewritten by the employer")


REVIEWS_SHOWN = frozenset({ReviewState.WAITING, ReviewState.RETURNED, ReviewState.REFUSED})
"""What the employer's own pages say about a review."""


class SearchAlert(models.TextChoices):
    """How often a contact is told of new people for a saved search."""

    WEEKLY = "weekly", _("once a week")
    DAILY = "daily", _("once a day")
    NONE = "none", _("never")


class WorkPlace(models.TextChoices):
    REMOTE = "remote", _("remote")
    ON_SITE = "on-site", _("on site")
    HYBRID = "hybrid", _("partly remote")


class Cefr(models.IntegerChoices):
    A1 = 1, "A1"
    A2 = 2, "A2"
    B1 = 3, "B1"
    B2 = 4, "B2"
    C1 = 5, "C1"
    C2 = 6, "C2"


class Equipment(models.TextChoices):
    PHONE = "phone", _("smartphone")
    COMPUTER = "computer", _("own computer")
    SHARED = "shared", _("computer at a centre")
    HEADSET = "headset", _("headset")
    POWER = "power", _("power backup")


class Connectivity(models.IntegerChoices):
    """Steps of the connection one can count on; an opportunity asks for at least one of them."""

    MOBILE_2G = 1, _("2G, text")
    MOBILE_3G = 2, _("3G")
    MOBILE_4G = 3, _("4G")
    FIXED = 4, _("fixed line or fibre")


class ReferralState(models.TextChoices):
    """From proposal to work. ``PROPOSED_STATES``, ``OPEN_STATES`` and ``END_STATES`` below name the groups."""

    PROPOSED = "proposed", _("proposed to you")
    DECLINED = "declined", _("you said no")
    EXPIRED = "expired", _("proposal expired")
    CONSENTED = "consented", _("you said yes")
    FORWARDED = "forwarded", _("sent to the employer")
    SEEN = "seen", _("opened by the employer")
    QUESTION = "question", _("the employer wrote to you")
    INTERESTED = "interested", _("the employer is interested")
    INTERVIEW = "interview", _("interview")
    OFFER = "offer", _("offer of work")
    OFFER_DECLINED = "offer-declined", _("offer of work declined")
    ACCEPTED = "accepted", _("offer of work accepted")
    STARTED = "started", _("work started")
    REFUSED = "refused", _("not this time")
    WITHDRAWN = "withdrawn", _("you withdrew")
    OBSOLETE = "obsolete", _("closed: filled, stopped, or hired elsewhere")
    AUTO_CLOSED = "auto-closed", _("closed without an answer")


class RefusalReason(models.TextChoices):
    SKILLS = "skills", _("a skill is missing")
    LEVEL = "level", _("the level is not high enough yet")
    LANGUAGE = "language", _("the language level is not high enough yet")
    AVAILABILITY = "availability", _("the hours do not suit")
    EQUIPMENT = "equipment", _("equipment or connection is missing")
    FILLED = "filled", _("the position is taken")
    OTHER = "other", _("another reason")


class Obstacle(models.TextChoices):
    """Why a yes to a proposal cannot be sent today, in a sentence for the learner."""

    CLOSED = "closed", _("This opportunity is closed and no longer accepts anyone. You do not need to answer.")
    NO_CERTIFICATE = (
        "no-certificate",
        _(
            "You hold no valid certificate today, and only people with a certificate are sent to employers. "
            "Look at your certificates, or speak to your training centre."
        ),
    )
    NO_COUNTRY = (
        "no-country",
        _("Say first in which country you live: its law protects your data, and we tell you how."),
    )
    COUNTRY = (
        "country",
        _(
            "We cannot send profiles of people in your country to employers yet: its law on personal data asks for a "
            "step that we have not finished. Nothing is lost, and your training goes on as before."
        ),
    )


class OutcomeMark(models.TextChoices):
    STARTED = "started", _("started")
    DAY_30 = "day30", _("30 days")
    DAY_90 = "day90", _("90 days")
    DAY_180 = "day180", _("180 days")
    DAY_365 = "day365", _("365 days")


S = ReferralState
PROPOSED_STATES = frozenset({S.PROPOSED})
OPEN_STATES = frozenset({S.CONSENTED, S.FORWARDED, S.SEEN, S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER})
STILL_ASKING = PROPOSED_STATES | {S.CONSENTED}
UNDECIDED = PROPOSED_STATES | OPEN_STATES
WITH_EMPLOYER = frozenset(
    {S.FORWARDED, S.SEEN, S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER, S.ACCEPTED, S.STARTED, S.REFUSED,
     S.OFFER_DECLINED, S.AUTO_CLOSED}
)  # fmt: skip
END_STATES = frozenset(
    {S.DECLINED, S.EXPIRED, S.OFFER_DECLINED, S.STARTED, S.REFUSED, S.WITHDRAWN, S.OBSOLETE, S.AUTO_CLOSED}
)
SHARING_STATES = WITH_EMPLOYER - {S.REFUSED, S.OFFER_DECLINED, S.AUTO_CLOSED}
"""While a referral is in one of these, the employer sees the fields that they agreed to show."""
ANSWERABLE = SHARING_STATES | {S.REFUSED}
"""A one-click link opens while a referral is in one of these; it answers in the first, then shows the answer."""
WAITING_FOR_EMPLOYER = frozenset({S.FORWARDED, S.SEEN})
SHARED_FIELDS = ("name", "phone", "email")


TEAM_WORDS = {
    S.PROPOSED: _("proposed to the candidate"),
    S.QUESTION: _("the employer wrote to the candidate"),
    S.DECLINED: _("declined by the candidate"),
    S.CONSENTED: _("the candidate said yes"),
    S.WITHDRAWN: _("withdrawn by the candidate"),
}
"""States whose own words speak to the learner, as the team says them."""


class ActorKind(models.TextChoices):
    """Who moved a referral."""

    LEARNER = "learner", _("the candidate")
    EMPLOYER = "employer", _("the employer")
    MANAGER = "manager", _("the programme")
    AUTOMATIC = "clock", _("automatically, at the deadline")
