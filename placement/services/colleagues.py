"""Who answers for an employer: owners invite, change rights and remove; the link of an e-mail lets somebody in once."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lms.accounts.enums import Channel, Role
from lms.accounts.identity import has_address
from lms.accounts.messages import NO_LONGER_TRUE, URGENT, queue_message, tell
from lms.accounts.models import OutboundMessage, User
from lms.accounts.recipient import in_language_of
from lms.accounts.second_factor import end_other_sessions
from lms.accounts.services import record, set_role
from lms.lib import sweeps
from lms.lib.locks import hold
from lms.lib.moments import day, relative_time
from placement.enums import Vetting
from placement.models import Employer, EmployerContact, Invitation
from placement.services import mailing
from placement.services.invitations import new_account
from placement.services.link_secrets import signed
from placement.services.transitions import NotAllowedError, TransitionError

KIND = "contact-invited"
SECRET = re.compile(r"(?P<row>[0-9]{1,15})-(?P<code>[\w-]{43})", re.ASCII)
LIFETIME = timedelta(days=7)
PAUSE = timedelta(hours=1)  # between two e-mails of one invitation: twice as long each time, up to a day
LONGEST_PAUSE = timedelta(days=1)
MOST_PEOPLE = 50  # of one employer, with those who are invited
MOST_A_DAY = 20  # invitations of one employer
KEPT = timedelta(days=30)


class EndedError(TransitionError):
    def __init__(self) -> None:
        super().__init__(_("This invitation no longer works. Ask for a new one."))


def lock(employer_id: int) -> None:
    """Whoever changes who answers for an employer takes turns."""
    hold(Employer.objects.filter(pk=employer_id))


def open_invitations(employer_id: int) -> QuerySet[Invitation]:
    rows: QuerySet[Invitation] = Invitation.objects.filter(employer=employer_id, ended_at=None)
    return rows.filter(sent_at__gt=timezone.now() - LIFETIME).select_related("invited_by")


def check_owner(employer_id: int, by: User) -> None:
    """Behind the lock: somebody may have changed that since the page was read."""
    if not EmployerContact.objects.filter(employer=employer_id, user=by, is_owner=True).exists():
        raise NotAllowedError


# --- inviting


@transaction.atomic
def invite(*, employer: Employer, address: str, by: User) -> Invitation:
    """The same whether or not the address has an account. Raises ``TransitionError``."""
    lock(employer.pk)
    check_owner(employer.pk, by)
    if employer.contacts.filter(has_address(address, "user__")).exists():
        raise TransitionError(_("This person answers for your organisation already."))
    known = Invitation.objects.filter(has_address(address), employer=employer, ended_at=None).first()
    if known is not None and ends_at(known) > timezone.now():
        return send(invitation=known, by=by)
    if employer.contacts.count() + open_invitations(employer.pk).count() >= MOST_PEOPLE:
        raise TransitionError(_("No more people fit here (the limit is %(count)d).") % {"count": MOST_PEOPLE})
    recent = Invitation.objects.filter(employer=employer, created_at__gt=timezone.now() - timedelta(days=1))
    if recent.count() >= MOST_A_DAY:
        raise TransitionError(_("Invitations of one day: at most %(count)d. Go on tomorrow.") % {"count": MOST_A_DAY})
    if known is not None:
        return send(invitation=known, by=by)
    made: Invitation = Invitation.objects.create(employer=employer, email=address, invited_by=by)
    record(actor=by, verb="invite-colleague", target=made)
    write(made, by)
    return made


@transaction.atomic
def send_again(*, invitation: Invitation, by: User) -> Invitation:
    """With a new link; the one before ends. Raises ``TransitionError``: ended, or sent a moment ago."""
    lock(invitation.employer_id)
    check_owner(invitation.employer_id, by)
    current = Invitation.objects.select_related("employer").filter(pk=invitation.pk, ended_at=None).first()
    if current is None:
        raise NotAllowedError
    return send(invitation=current, by=by)


def send(*, invitation: Invitation, by: User) -> Invitation:
    now = timezone.now()
    pause = min(max(PAUSE, invitation.sent_at - invitation.created_at), LONGEST_PAUSE)
    if invitation.sent_at > now - pause:
        ago = relative_time(invitation.sent_at, now)
        raise TransitionError(_("It was sent %(ago)s. It may take a while to arrive.") % {"ago": ago})
    OutboundMessage.objects.filter(key__startswith=f"invitation:{invitation.pk}:", sent_at=None).update(
        stopped=NO_LONGER_TRUE, body="", link=""
    )
    invitation.sent_at, invitation.invited_by = now, by
    invitation.save(update_fields=["sent_at", "invited_by"])
    write(invitation, by)
    return invitation


def write(invitation: Invitation, by: User) -> None:
    """The e-mail, in the language of whoever invites."""
    words = {"name": by.known_name, "employer": invitation.employer.name}
    body = _(
        "%(name)s asks you to answer for %(employer)s on Passerelle with them: find certified people, publish "
        "opportunities, answer candidates. This link works once, until %(day)s. If you do not know %(name)s, ignore "
        "this e-mail: nothing happens."
    )
    queue_message(
        key=f"invitation:{invitation.pk}:{invitation.sent_at.timestamp():.6f}", user=None, channel=Channel.EMAIL,
        kind=KIND, address=invitation.email, language=get_language() or by.language,
        subject=_("Join %(employer)s on Passerelle") % words, link=join_path(invitation),
        body=body % {**words, "day": day(ends_at(invitation))},
    )  # fmt: skip


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User) -> None:
    """Its link opens nothing any more."""
    lock(invitation.employer_id)
    check_owner(invitation.employer_id, by)
    if not end(Invitation.objects.filter(pk=invitation.pk)):
        raise NotAllowedError
    record(actor=by, verb="withdraw-invitation", target=invitation)


def end(rows: QuerySet[Invitation]) -> int:
    """How many. Their e-mails that have not left do not leave."""
    found = list(rows.filter(ended_at=None).values_list("pk", flat=True))
    for key in found:
        OutboundMessage.objects.filter(key__startswith=f"invitation:{key}:", sent_at=None).update(
            stopped=NO_LONGER_TRUE, body="", link=""
        )
    return Invitation.objects.filter(pk__in=found).update(ended_at=timezone.now())


# --- the link


def ends_at(invitation: Invitation) -> datetime:
    return invitation.sent_at + LIFETIME


def secret_of(invitation: Invitation) -> str:
    code = signed("placement.join", f"{invitation.pk}:{invitation.sent_at.timestamp():.6f}")
    return f"{invitation.pk}-{code}"


def join_path(invitation: Invitation) -> str:
    return reverse("placement:join", args=[secret_of(invitation)])


def find(secret: str) -> Invitation | None:
    """What a link opens; None when it is forged, too old, used or withdrawn, its employer not in good standing, or
    whoever invited no owner any more, whichever way that ended.
    """
    match = SECRET.fullmatch(secret)
    if match is None:
        return None
    rows = Invitation.objects.select_related("employer", "invited_by")
    living = rows.filter(ended_at=None, sent_at__gt=timezone.now() - LIFETIME, employer__vetting=Vetting.VETTED)
    owners = EmployerContact.objects.filter(
        employer=OuterRef("employer"), user=OuterRef("invited_by"), user__is_active=True, is_owner=True
    )
    row = living.filter(Exists(owners), pk=match["row"]).first()
    return row if row is not None and constant_time_compare(secret, secret_of(row)) else None


@transaction.atomic
def accept_new(*, secret: str, full_name: str, password: str, language: str) -> User:
    """Somebody without an account gets one, with this password. Raises ``TransitionError``."""
    invitation = take(secret)
    user = new_account(invitation.employer, invitation.invited_by, full_name=full_name, email=invitation.email,
                       language=language)  # fmt: skip
    if user is None:
        raise TransitionError(_("This e-mail address has an account. Sign in with it, then open the link again."))
    user.set_password(password)
    user.save(update_fields=["password"])
    set_role(user=user, role=Role.EMPLOYER, by=invitation.invited_by)
    join(invitation, user)
    return user


@transaction.atomic
def accept(*, secret: str, user: User) -> EmployerContact:
    """Somebody who has an account with this address and answers for nobody. Raises ``TransitionError``."""
    invitation = take(secret)
    if standing_of(invitation, user) != FREE:
        raise NotAllowedError
    return join(invitation, user)


def take(secret: str) -> Invitation:
    """Behind the lock: of two who press at once the second is told that it is over."""
    invitation = find(secret)
    if invitation is None:
        raise EndedError
    lock(invitation.employer_id)
    current = find(secret)
    if current is None:
        raise EndedError
    return current


def join(invitation: Invitation, user: User) -> EmployerContact:
    contact: EmployerContact = EmployerContact.objects.create(employer=invitation.employer, user=user)
    end(Invitation.objects.filter(pk=invitation.pk))
    record(actor=user, verb="join-employer", target=contact)
    inviter = invitation.invited_by
    if inviter is not None:
        with in_language_of(inviter):
            words = {"name": user.known_name, "employer": invitation.employer.name}
            body = _("%(name)s has accepted your invitation and now answers for %(employer)s too.") % words
            rows = tell(user=inviter, key=f"joined:{contact.pk}", kind="colleague-joined", by_sms=False, body=body,
                        subject=body, link=reverse("placement:organisation"))  # fmt: skip
        pace = EmployerContact.objects.filter(user=inviter).values_list("mails", flat=True).first()
        mailing.settle(rows, user=inviter, pace=pace or "")
    return contact


FREE, MEMBER, ELSEWHERE, OTHER_ROLE, OTHER_ADDRESS = "free", "member", "elsewhere", "other-role", "other-address"


def standing_of(invitation: Invitation, user: User) -> str:
    """How somebody who is signed in stands to an invitation that they opened."""
    contact = EmployerContact.objects.filter(user=user).first()
    if contact is not None and contact.employer_id == invitation.employer_id:
        return MEMBER
    if not User.objects.filter(has_address(invitation.email), pk=user.pk).exists():
        return OTHER_ADDRESS
    if user.role != Role.EMPLOYER or user.is_superuser:
        return OTHER_ROLE
    return FREE if contact is None else ELSEWHERE


# --- rights


@transaction.atomic
def set_owner(*, contact: EmployerContact, is_owner: bool, by: User) -> None:
    """Raises ``TransitionError``: the last owner stays one."""
    lock(contact.employer_id)
    check_owner(contact.employer_id, by)
    current = EmployerContact.objects.filter(pk=contact.pk, employer=contact.employer_id).first()
    if current is None:
        raise NotAllowedError
    if current.is_owner == is_owner:
        return
    if not is_owner:
        check_another_owner(current)
        end(Invitation.objects.filter(employer=current.employer_id, invited_by=current.user_id))
    current.is_owner = is_owner
    current.save(update_fields=["is_owner"])
    record(actor=by, verb="make-owner" if is_owner else "end-owner", target=current, fields=["is_owner"])


def check_another_owner(contact: EmployerContact) -> None:
    others = EmployerContact.objects.filter(employer=contact.employer_id, is_owner=True, user__is_active=True)
    if contact.is_owner and not others.exclude(pk=contact.pk).exists():
        raise TransitionError(_("An organisation needs an owner: make somebody else an owner first."))


@transaction.atomic
def remove(*, contact: EmployerContact, by: User) -> None:
    """They see nothing of this employer any more, from now on; what they wrote stays, with their name.

    Raises ``TransitionError``: the last owner stays.
    """
    hold(User.objects.filter(pk=contact.user_id))
    lock(contact.employer_id)
    if by.pk != contact.user_id:
        check_owner(contact.employer_id, by)
    current = EmployerContact.objects.filter(pk=contact.pk, employer=contact.employer_id).first()
    if current is None:
        raise NotAllowedError
    check_another_owner(current)
    user = User.objects.get(pk=current.user_id)
    end_other_sessions(user=user)
    waiting = OutboundMessage.objects.filter(user=user, sent_at=None).exclude(kind__in=URGENT)
    waiting.update(stopped=NO_LONGER_TRUE, body="", link="")
    end(Invitation.objects.filter(employer=current.employer_id, invited_by=user))
    record(actor=by, verb="remove-contact", target=current)
    key = f"contact-removed:{current.pk}"
    current.delete()
    if user.is_active:
        with in_language_of(user):
            body = _("You no longer answer for %(employer)s on Passerelle.") % {"employer": contact.employer.name}
            tell(user=user, key=key, kind="contact-removed", subject=body, body=body, by_sms=False)


# --- what is kept


def expired(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(sent_at__lt=now - KEPT)


def with_old_links(now: datetime) -> Q:
    """E-mails of invitations whose link is taken out of the row."""
    return Q(kind=KIND, sent_at__lt=now - timedelta(days=1)) & ~Q(link="")


PURGE = sweeps.register(
    sweeps.Sweep(
        name="placement.purge-invitations",
        label=gettext_lazy("Old invitations of employers’ colleagues"),
        remedy=gettext_lazy("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: sweeps.delete_in_steps(expired(now)) > 0,
        leased=True,  # it deletes in small transactions
    )
)
