"""What people are told when a referral changes state: short, plain, in their language, one message an event."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.enums import Channel
from lms.accounts.messages import ask_before_sending, queue_message, register_news_over, tell
from lms.accounts.models import OutboundMessage
from lms.accounts.recipient import in_language_of
from placement.enums import ANSWERABLE, SHARING_STATES, ActorKind
from placement.enums import ReferralState as S
from placement.evidence import reasons_today, with_evidence
from placement.matching import reasons_from_json
from placement.models import EmployerContact, Offer, Referral, ReferralEvent, ThreadMessage
from placement.services import link_secrets, mailing, next_steps
from placement.services.disclosure import of_referral

MESSAGE = "thread-message"
EVENT = "referral-event:"
SUSPENDED = "employer suspended"  # in the note of the event that frees
URGENT = frozenset({S.OFFER, S.ACCEPTED, S.OFFER_DECLINED, S.INTERVIEW, S.WITHDRAWN})
"""What waits for no digest: a day may be too late."""


def announce(*, referral: Referral, event: ReferralEvent) -> None:
    """Tell the learner what others did, and the employer what they did."""
    if event.before in SHARING_STATES and event.after not in SHARING_STATES:
        forget_words(referral)
    if event.by != ActorKind.LEARNER and event.after not in {S.CONSENTED, S.SEEN}:
        tell_learner(referral=referral, event=event)
    if event.after == S.FORWARDED:
        send_to_contacts(referral=referral, key=f"referral:{referral.pk}:forwarded")
    elif event.by == ActorKind.LEARNER and event.after != S.STARTED and referral.forwarded_at:  # ``follow_up`` asks
        tell_contacts(referral=referral, event=event)


def tell_learner(*, referral: Referral, event: ReferralEvent) -> None:
    user = referral.profile.user
    with in_language_of(user):
        subject, body = learner_words(referral, is_again=event.before == event.after)
        if event.note == SUSPENDED:
            subject, body = words_of_suspension(referral, before=event.before)
        if event.after in {S.REFUSED, S.AUTO_CLOSED, S.OBSOLETE, S.EXPIRED}:
            step = next_steps.next_step(referral)
            body = f"{body} {step.sentence}" if step else body
        page = "opportunities:thread" if event.after in {S.QUESTION, S.INTERVIEW, S.OFFER} else "opportunities:detail"
        link = reverse(page, args=[referral.pk])
        rows = tell(user=user, key=f"{EVENT}{event.pk}", kind=f"referral-{event.after}", subject=subject,
                    body=body, link=link)  # fmt: skip
        mailing.settle(rows, user=user, pace=mailing.pace_of(user), urgent=event.after in URGENT)


def learner_words(referral: Referral, *, is_again: bool = False) -> tuple[str, str]:
    """Subject and body of the news for the learner, in the active language; ``is_again``: not the first of its kind."""
    words = {"employer": referral.opportunity.employer.name, "title": referral.opportunity.title}
    texts = {
        S.PROPOSED: (_("An opportunity may suit you"),
                      _("%(employer)s: “%(title)s”. Nothing is sent until you say yes.")),
        S.FORWARDED: (_("Your profile was sent"),
                      _("%(employer)s has received your profile for “%(title)s”. You can follow the answer here.")),
        S.QUESTION: (_("An employer wrote to you"),
                     _("%(employer)s wrote to you about “%(title)s”. Please answer soon.")),
        S.INTERESTED: (_("An employer is interested"),
                       _("%(employer)s is interested in you for “%(title)s”. They can now contact you.")),
        S.INTERVIEW: (_("You have an interview"),
                      _("%(employer)s wants to talk with you about “%(title)s”. See when and how.")),
        S.OFFER: (_("You have an offer of work"),
                  _("%(employer)s offers you work: “%(title)s”. Read the offer, then say yes or no.")),
        S.STARTED: (_("Your work has started"),
                    _("%(employer)s says that you started “%(title)s”. Is it so? Say yes or no here: your word counts"
                      " as much.")),
        S.REFUSED: (_("Not this time"),
                    _("%(employer)s said no this time for “%(title)s”.")),
        S.AUTO_CLOSED: (_("No answer came"),
                        _("%(employer)s did not answer about “%(title)s”. We have closed it so that you can move on.")),
        S.OBSOLETE: (_("An opportunity is closed"),
                     _("“%(title)s” at %(employer)s is closed now.")),
        S.EXPIRED: (_("A proposal has ended"),
                    _("The proposal “%(title)s” ended after seven days without an answer. Nothing was sent.")),
        S.WITHDRAWN: (_("We stopped sending your profile"),
                      _("%(employer)s no longer sees you for “%(title)s”.")),
    }  # fmt: skip
    if is_again and referral.state == S.OFFER:
        body = _("%(employer)s changed the offer of work “%(title)s”. Read what is now, then say yes or no.")
        texts[S.OFFER] = (_("The offer of work changed"), body)
    subject, body = texts[S(referral.state)]
    return subject, body % words


def words_of_suspension(referral: Referral, *, before: str = "") -> tuple[str, str]:
    """For whoever waited for an employer that is suspended; ``before``: where they stood."""
    words = {"employer": referral.opportunity.employer.name, "title": referral.opportunity.title}
    body = _("The programme no longer works with %(employer)s: “%(title)s” stops for you too. It is not your fault.")
    if before in {S.INTERVIEW, S.OFFER}:
        body += " " + _("If you had an interview or an offer of work there, do not go.")
    return _("We have stopped working with %(employer)s") % words, body % words


def stopped_words(referral: Referral) -> str:
    """For the page of a candidacy that ended because its employer was suspended; else empty."""
    if referral.state != S.OBSOLETE:
        return ""
    last = referral.events.order_by("-at", "-pk").first()
    return words_of_suspension(referral, before=last.before)[1] if last and last.note == SUSPENDED else ""


def tell_of_seat(*, referral: Referral, leads: bool) -> None:
    """Once: they agreed to the reserve of a team, and are in the team now."""
    user = referral.profile.user
    with in_language_of(user):
        words = {"employer": referral.opportunity.employer.name, "title": referral.opportunity.title}
        body = _("%(employer)s, “%(title)s”: you were in the reserve, and you now have a seat in the team.") % words
        if leads:
            body += " " + _("You lead the team.")
        rows = tell(user=user, key=f"seat:{referral.pk}", kind="team-seat", subject=_("You are in the team now"),
                    body=body, link=reverse("opportunities:detail", args=[referral.pk]))  # fmt: skip
        mailing.settle(rows, user=user, pace=mailing.pace_of(user))


def contacts_of(referral: Referral) -> Iterable[EmployerContact]:
    """Those who asked for candidates by e-mail; everybody when nobody did."""
    contacts = list(referral.opportunity.employer.contacts.select_related("user").filter(user__is_active=True))
    return [contact for contact in contacts if contact.receives_referrals] or contacts


def send_to_contacts(*, referral: Referral, key: str, reminder: bool = False) -> None:
    """An e-mail with the one-click link, and a message in the portal. No personal field is written in either."""
    for contact in contacts_of(referral):
        user = contact.user
        with in_language_of(user):
            subject = _("A certified candidate for “%(title)s”") % {"title": referral.opportunity.title}
            if reminder:
                subject = _("Still waiting for your answer: “%(title)s”") % {"title": referral.opportunity.title}
            kind = "referral-reminder" if reminder else "referral-forwarded"
            inbox = reverse("placement:referral", args=[referral.pk])
            queue_message(key=f"{key}:{contact.pk}:app", user=user, channel=Channel.APP, kind=kind, subject=subject,
                          body=agreed_words(referral), link=inbox)  # fmt: skip
            letter = queue_message(key=f"{key}:{contact.pk}:email", user=user, channel=Channel.EMAIL, kind=kind,
                                   subject=subject, body=mail_body(referral),
                                   link=link_secrets.reply_path(referral, contact, at=timezone.now()))  # fmt: skip
            mailing.settle([letter], user=user, pace=contact.mails)


def still_agreed(message: OutboundMessage) -> bool:
    """Asked when an e-mail about a referral leaves: they may have withdrawn while it waited."""
    about, pk = message.key.split(":")[:2]
    if about not in {"referral", "thread"}:  # the learner's own news
        return True
    referral = Referral.objects.with_page_data().filter(pk=pk).first()
    if referral is not None and message.user_id == referral.profile.user_id:
        return True
    return referral is not None and of_referral(referral).shows_certificates


ask_before_sending("referral-forwarded", "referral-reminder", "referral-seen", MESSAGE, is_true=still_agreed)


CALLS = frozenset({S.PROPOSED, S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER})
"""News that ask something of the learner, as long as the referral is there."""


def calls_that_are_over(rows: list[OutboundMessage]) -> set[UUID]:
    """Of the news of a learner, those about a state that their referral has left."""
    kinds = {f"referral-{state}" for state in CALLS}
    events = {row.key.split(":")[1]: row.pk for row in rows if row.kind in kinds and row.key.startswith(EVENT)}
    if not events:
        return set()
    left = ReferralEvent.objects.filter(pk__in=events).exclude(after=F("referral__state"))
    return {events[str(pk)] for pk in left.values_list("pk", flat=True)}


register_news_over(calls_that_are_over)


def agreed_words(referral: Referral) -> str:
    """On the site: what stays there after a withdrawal tells nothing of the person."""
    words = {"name": of_referral(referral).code_name, "title": referral.opportunity.title}
    return _("%(name)s agreed to be put in touch with you for “%(title)s”.") % words


def mail_body(referral: Referral) -> str:
    seen = of_referral(referral)
    person = seen.limit(with_evidence([referral.profile])[0])
    reasons = reasons_today(referral, person) if seen.shows_proofs else []
    skills = [line for line in reasons_from_json(reasons) if line.kind == "skill" and line.found]
    lines = [
        agreed_words(referral),
        *(
            _("Proven by certificate: %(skill)s, level %(level)s.")
            % {"skill": next_steps.skill_name(line), "level": line.found}
            for line in skills
        ),
        _("See the proof and answer in one click. No account is needed. A “no” is welcome too: silence is worse."),
    ]
    return "\n\n".join(lines)


def tell_contacts(*, referral: Referral, event: ReferralEvent) -> None:
    """They answered, accepted, declined or withdrew: short news for the employer, with their words."""
    words = getattr(event, "words", None)
    texts = {
        S.SEEN: gettext_lazy("%(name)s answered you about “%(title)s”."),
        S.ACCEPTED: gettext_lazy("%(name)s says yes to your offer of work, “%(title)s”."),
        S.OFFER_DECLINED: gettext_lazy("%(name)s says no to your offer of work, “%(title)s”."),
        S.WITHDRAWN: gettext_lazy("%(name)s is no longer a candidate for “%(title)s”."),
    }
    sentence = texts.get(S(event.after), gettext_lazy("There is news about %(name)s and “%(title)s”."))
    write_to_contacts(
        referral=referral, key=f"event:{event.pk}", kind=f"referral-{event.after}", sentence=sentence, message=words,
        details=lambda: details_of_answer(referral), urgent=event.after in URGENT,
    )  # fmt: skip


def details_of_answer(referral: Referral) -> str:
    """Of an offer that was answered: its terms with a yes, the reason with a no. In the active language."""
    offer = Offer.objects.filter(referral=referral).exclude(answer="").first()
    if offer is None or referral.state not in {S.ACCEPTED, S.OFFER_DECLINED}:
        return ""
    if referral.state == S.ACCEPTED:
        return offer.summary
    return _("Reason: %(reason)s.") % {"reason": offer.get_declined_for_display()} if offer.declined_for else ""


def tell_of_message(*, referral: Referral, message: ThreadMessage) -> None:
    """News of a message that was no step. The learner is told where it is and not what it says: phones are shared."""
    if message.by == ActorKind.LEARNER:
        write_to_contacts(referral=referral, key=f"message:{message.pk}", kind=MESSAGE, message=message,
                          sentence=gettext_lazy("%(name)s wrote to you about “%(title)s”."))  # fmt: skip
        return
    user = referral.profile.user
    with in_language_of(user):
        words = {"employer": referral.opportunity.employer.name, "title": referral.opportunity.title}
        rows = tell(user=user, key=f"thread:{referral.pk}:message:{message.pk}", kind=MESSAGE,
                    subject=_("A message from an employer"),
                    body=_("%(employer)s wrote to you about “%(title)s”. Read it and answer here.") % words,
                    link=reverse("opportunities:thread", args=[referral.pk]))  # fmt: skip
        mailing.settle(rows, user=user, pace=mailing.pace_of(user))


def write_to_contacts(
    *, referral: Referral, key: str, kind: str, sentence: Promise, message: ThreadMessage | None = None,
    details: Callable[[], str] | None = None, urgent: bool = False, before: datetime | None = None,
) -> None:  # fmt: skip
    """A line in the portal, and an e-mail with the learner's words and a new link to answer from.

    The words stand in the e-mail alone: ``forget_words`` finds them there once the yes has ended.
    """
    for contact in contacts_of(referral):
        user = contact.user
        with in_language_of(user):
            subject = str(sentence) % {"name": of_referral(referral).code_name, "title": referral.opportunity.title}
            row = f"thread:{referral.pk}:{key}:{contact.pk}"
            portal = reverse("placement:referral", args=[referral.pk])
            queue_message(key=f"{row}:app", user=user, channel=Channel.APP, kind=kind, subject=subject, body=subject,
                          link=portal)  # fmt: skip
            body, link = subject, portal
            if details is not None:
                body = "\n\n".join(part for part in (body, details()) if part)
            if message is not None and of_referral(referral).shows_answers:
                body = "\n\n".join([body, _("The message: “%(words)s”") % {"words": message.text}])
            if referral.state in ANSWERABLE and referral.reply_hash:
                body = "\n\n".join([body, _("Read and answer with this link. No account is needed.")])
                link = link_secrets.reply_path(referral, contact, at=timezone.now())
            letter = queue_message(key=f"{row}:email", user=user, channel=Channel.EMAIL, kind=kind, subject=subject,
                                   body=body, link=link)  # fmt: skip
            mailing.settle([letter], user=user, pace=contact.mails, urgent=urgent, before=before)


def tell_of_withdrawal(*, referral: Referral, key: str) -> None:
    """Somebody at work took back their yes: the work goes on, what the employer saw of them is gone."""
    forget_words(referral)
    for contact in contacts_of(referral):
        with in_language_of(contact.user):
            words = {"name": of_referral(referral).code_name, "title": referral.opportunity.title}
            body = _("%(name)s no longer shares their name and contact details for “%(title)s”.") % words
            tell(user=contact.user, key=f"{key}:{contact.pk}", kind="consent-withdrawn", subject=body, body=body,
                 link=reverse("placement:referral", args=[referral.pk]))  # fmt: skip


def forget_words(referral: Referral) -> None:
    """Their yes has ended: their words leave our copies of what the employer was sent, and go nowhere any more."""
    mine = Q(key__startswith=f"thread:{referral.pk}:") | Q(key__startswith=f"referral:{referral.pk}:")
    rows = OutboundMessage.objects.filter(mine, channel=Channel.EMAIL, user__employer_contact__isnull=False)
    mailing.take_out_of_digests(rows)
    rows.filter(sent_at=None, stopped__in=["", mailing.HELD]).update(stopped="agreement ended", body="", link="")
    rows.filter(Q(sent_at__isnull=False) | Q(stopped=mailing.GONE)).update(body="", link="")
