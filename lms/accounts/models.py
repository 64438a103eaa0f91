"""People, what they agreed to, the cards they sign in with first, the messages they get, and the audit trail."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.files.storage import storages
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from lms.accounts import identity, phones
from lms.accounts.enums import (
    STAFF_ROLES,
    BehalfAct,
    Channel,
    DataSaver,
    MergeOutcome,
    Role,
    RowOutcome,
    UndoOutcome,
)
from lms.lib.append_only import AppendOnly
from lms.lib.changed_columns import SavesChangedColumns
from lms.lib.leases import Leased
from lms.lib.runs import Run

DERIVED: dict[str, tuple[str, Callable[[str], Any]]] = {  # column: what it is made from, and how
    "name_key": ("full_name", identity.name_key),
    "sort_key": ("full_name", identity.name_sort_key),
    "username_key": ("username", identity.username_key),
}


def derived(values: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that follow from values that are about to be written and do not stand beside them.

    Raises TypeError when the database would make such a value.
    """
    wanted = {source for key, (source, _make) in DERIVED.items() if source in values and key not in values}
    texts = {source: values[source] for source in wanted}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("names are written as texts: their keys are made in Python (lms/accounts/identity.py)")
    return {key: make(texts[source]) for key, (source, make) in DERIVED.items() if source in texts}


class PeopleQuerySet(models.QuerySet[Any]):
    """Whatever writes a name writes its keys too, many rows at once as well."""

    def update(self, **values: Any) -> int:
        return super().update(**values, **derived(values))

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        people = list(objs)
        for person in people:
            person.write_keys()
            person.guess_zone()
        return super().bulk_create(people, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        people, names = list(objs), with_keys(fields)
        for person in people:
            person.write_keys()
        return super().bulk_update(people, names, *args, **kwargs)

    def self_made(self) -> "PeopleQuerySet":
        """Learners who made their own account and never showed that the number they typed is theirs.

        Anybody may type anybody's number and name: such an account stands for nobody whom others name (in an import,
        for a group), and yields its number to the account that is made for the owner.
        """
        return self.filter(role=Role.LEARNER, is_superuser=False, created_by=None, phone_verified_at=None)


def with_keys(fields: Iterable[str]) -> list[str]:
    """Names of columns, with those that follow from them."""
    names = list(fields)
    return list(dict.fromkeys([*names, *(key for key, (source, _make) in DERIVED.items() if source in names)]))


class PeopleManager(UserManager.from_queryset(PeopleQuerySet)):  # type: ignore[misc]
    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> "User":
        """A user name is the same however it is typed (``identity.username_key``)."""
        person: User = self.get(username_key=identity.username_key(username or ""))
        return person


class User(SavesChangedColumns, AbstractUser):
    """One person. The phone number is a way in, never the key: numbers change and SIM cards are shared."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    phone = models.CharField(_("phone number"), max_length=16, unique=True, null=True, blank=True)  # E.164
    phone_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=12, default=settings.LANGUAGE_CODE)
    country = models.CharField(_("country"), max_length=2, blank=True)  # ISO 3166-1 alpha-2
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.LEARNER)
    must_change_pin = models.BooleanField(_("must choose a new PIN"), default=False)
    sms_stopped = models.BooleanField(_("no SMS"), default=False)
    phone_typed = models.CharField(max_length=40, blank=True, editable=False)  # as it came, where we read it otherwise
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)  # IANA; "": not said
    data_saver = models.CharField(max_length=4, choices=DataSaver.choices, blank=True, default="", db_default="")
    bundle_price = models.PositiveIntegerField(null=True, blank=True)  # of their mobile data, in their money
    bundle_megabytes = models.PositiveIntegerField(null=True, blank=True)  # that they get for it
    name_key = models.CharField(max_length=identity.KEY_LENGTH, default="", editable=False, db_index=True)
    username_key = models.CharField(max_length=identity.KEY_LENGTH, default="", editable=False)
    sort_key = models.BinaryField(max_length=1000, default=b"", editable=False, db_index=True)
    created_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="merged_accounts"
    )  # the account of the same person that stays; this one is closed then
    is_demo = models.BooleanField(default=False, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)  # counted up: their sessions end

    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [  # in upper case, as ``iexact`` asks PostgreSQL: these indexes serve the sign-in too
            models.UniqueConstraint(
                Upper("username"), name="unique_username_in_any_case",
                violation_error_message=_("Somebody already has this user name."),
            ),
            models.UniqueConstraint(
                Upper("email"), condition=~Q(email=""), name="unique_email_in_any_case",
                violation_error_message=_("Somebody already has this e-mail address."),
            ),
            models.UniqueConstraint(
                F("username_key"), name="unique_username_as_typed",
                violation_error_message=_("Somebody already has this user name."),
            ),
            models.CheckConstraint(condition=Q(merged_into=None) | Q(is_active=False), name="merged_account_is_closed"),
        ]  # fmt: skip

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.write_keys()
        if self._state.adding:
            self.guess_zone()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = with_keys(kwargs["update_fields"])
        super().save(*args, **kwargs)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.write_keys()
        super().full_clean(*args, **kwargs)

    def write_keys(self) -> None:
        """Make the keys anew from what stands beside them (no query for what was not loaded)."""
        known = {source: self.__dict__[source] for source, _make in DERIVED.values() if source in self.__dict__}
        for key, value in derived(known).items():
            setattr(self, key, value)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with a new password, and with a new ``session_epoch``."""
        known: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.session_epoch:
            return known
        return salted_hmac("lms.accounts.session", f"{known}:{self.session_epoch}", secret=secret).hexdigest()

    def guess_zone(self) -> None:
        """Hours are told in the zone of their number or country until they say another."""
        if not self.time_zone:
            self.time_zone = phones.zone_of(self.phone, self.country)

    def set_password(self, raw_password: str | None) -> None:
        """A PIN is kept without what a phone adds to it."""
        super().set_password(raw_password and (identity.secret_key(raw_password) or raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """As it was typed, else without the space that a phone put behind it."""
        if super().check_password(raw_password):
            return True
        plain = identity.secret_key(raw_password or "")
        return bool(plain) and plain != raw_password and super().check_password(plain)

    @property
    def in_use(self) -> "User":
        """The account in use of the person who has this one: another when this one was merged away."""
        user, seen = self, {self.pk}
        while user.merged_into is not None and user.merged_into.pk not in seen:
            user = user.merged_into
            seen.add(user.pk)
        return user

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name or self.username

    @property
    def known_name(self) -> str:
        """Empty once the account was erased, or merged and closed for good: it has a placeholder for a name then."""
        is_gone = not self.is_active and self.username in {f"erased.{self.pk}", f"merged.{self.pk}"}
        return "" if is_gone else str(self)

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] or self.username

    @property
    def is_learner(self) -> bool:
        return self.role == Role.LEARNER

    @property
    def is_employer(self) -> bool:
        return self.role == Role.EMPLOYER

    @property
    def is_manager(self) -> bool:
        """Programme managers, and superusers, who may do all that they do."""
        return self.role == Role.MANAGER or self.is_superuser

    @property
    def is_team(self) -> bool:
        """Trainers, programme managers and superusers: the people of the Wagtail admin."""
        return self.role in STAFF_ROLES or self.is_superuser

    @property
    def is_self_made(self) -> bool:
        """As ``PeopleQuerySet.self_made``."""
        is_own = self.is_learner and not self.is_superuser and self.created_by_id is None
        return is_own and self.phone_verified_at is None

    @property
    def must_prove_number(self) -> bool:
        """Whether a learner made this account themselves and has not shown yet that its number is theirs."""
        return bool(settings.SMS_SIGN_IN and self.phone and self.is_self_made)


def display_name(user: User) -> str:
    """For allauth's templates (``ACCOUNT_USER_DISPLAY``)."""
    return user.get_short_name()


class AccountMerge(models.Model):
    """Two accounts of one person that became one. Until ``undo_until`` a manager may take it back."""

    kept = models.ForeignKey(User, models.CASCADE, related_name="+")
    merged = models.ForeignKey(User, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    undo_until = models.DateTimeField(db_index=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)  # what came late for the closed account has followed it
    closed_at = models.DateTimeField(null=True, blank=True)  # the time to undo is over, the personal data is erased

    class Meta:
        verbose_name = _("merge of accounts")
        verbose_name_plural = _("merges of accounts")
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two_accounts"),
            models.CheckConstraint(condition=Q(undone_at=None) | Q(closed_at=None), name="merge_ends_once"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} -> {self.kept_id}"

    @property
    def is_open(self) -> bool:
        """Whether it stands and can still be undone."""
        return self.undone_at is None and self.closed_at is None and self.undo_until > timezone.now()


class SeparatePeople(models.Model):
    """Two accounts of one name that are two people, as somebody said who looked. They are no likely duplicates then.

    Taken back, the row goes; the audit trail keeps both.
    """

    first = models.ForeignKey(User, models.CASCADE, related_name="+")  # the lower key
    second = models.ForeignKey(User, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("two people of one name")
        verbose_name_plural = _("people of one name")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="separate_people_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="separate_people_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}, {self.second_id}"


class MergedRow(models.Model):
    """The ledger of a merge: one row that moved or changed, with its columns before and after; or one that stayed."""

    merge = models.ForeignKey(AccountMerge, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()  # from 1, as it was done; undoing goes backwards
    model = models.CharField(max_length=80)  # label: "courses.Enrolment"
    key = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=MergeOutcome.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone = models.CharField(max_length=8, choices=UndoOutcome.choices, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [models.UniqueConstraint(fields=["merge", "position"], name="merged_row_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"


class SignInCard(models.Model):
    """A one-time way in, printed with a QR. Using it forces a PIN of their own; it is never the password.

    Only a hash of the secret is kept, so a stolen database opens no account.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="cards")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256, hexadecimal
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in card")
        verbose_name_plural = _("sign-in cards")

    def __str__(self) -> str:
        return f"{self.user} ({self.created_at:%Y-%m-%d})"


class RecoveryWords(models.Model):
    """Words that a learner wrote down, to choose a new PIN with when the old one is forgotten. They work once.

    Only a hash is kept, made like that of a PIN.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="recovery_words")
    words_hash = models.CharField(max_length=128, editable=False)
    language = models.CharField(max_length=12)  # of their list
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("recovery words")
        verbose_name_plural = _("recovery words")

    def __str__(self) -> str:
        return f"{self.user} ({self.made_at:%Y-%m-%d})"


class ConsentRecord(models.Model):
    """What a person agreed to (terms, contact by SMS ...), in which wording, and when it ended.

    A row is ended, never deleted and not changed otherwise.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="consents")
    purpose = models.SlugField(max_length=40)
    wording = models.CharField(max_length=40)  # version of the text that was shown
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return f"{self.purpose} {self.wording}"


class OutboundMessage(Leased):
    """One message to one person by one channel: the row is the queue, the receipt and the bill.

    ``key`` makes it idempotent: whoever announces the same event twice finds the row already there. It is tried
    for days (``messages.patience``), not so many times: ``max_tries`` is only what "given up" is written as.
    """

    max_tries = 10_000
    anew = {"failing_since": None, "doubtful": 0, "last_error": ""}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="messages")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(max_length=254, blank=True)  # empty for messages on the site
    kind = models.SlugField(max_length=60)
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=500, blank=True)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True)  # path or address of the next step
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)  # the first of the failures that it is tried after
    doubtful = models.PositiveSmallIntegerField(default=0, editable=False)  # tries that may have arrived
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    stopped = models.CharField(max_length=60, blank=True)  # why it will not be sent: opt-out, no address ...
    provider = models.CharField(max_length=40, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)
    cost_micros = models.BigIntegerField(default=0)  # millionths of ``cost_currency``
    cost_currency = models.CharField(max_length=3, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, stopped=""), name="message_waiting"),
            models.Index(fields=["user", "-created_at"], name="message_of_user"),
            models.Index(fields=["-created_at"], condition=Q(sent_at=None), name="message_unsent"),
            models.Index(fields=["kind", "sent_at"], name="message_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}"

    @property
    def refusal(self) -> str:
        """The code with which a mail server refused the address; earlier versions did not keep it."""
        return self.stopped.removeprefix("refused: ") if self.stopped.startswith("refused: ") else "550"


class Outage(models.Model):
    """A way of sending that fails for everybody, not for one person: it rests, then one message tries it (``outages``).

    Gone as soon as a message has left that way.
    """

    channel = models.CharField(max_length=8, choices=Channel.choices, primary_key=True)
    since = models.DateTimeField(db_default=Now())
    rests_until = models.DateTimeField(db_default=Now())
    tries = models.PositiveIntegerField(default=0)
    by_us = models.BooleanField(default=False)  # password, sender, relay: it goes on until somebody corrects a setting
    last_error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.channel}: {self.last_error}"


class MailCount(models.Model):
    """How many e-mails left in this minute: in all (an empty domain), and to one domain (``mail_rate``)."""

    domain = models.CharField(max_length=254, primary_key=True)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.domain}: {self.count}"


class SmsCount(models.Model):
    """How many parts of SMS a budget of one day has paid for (``sms_budget``)."""

    day = models.DateField()
    scope = models.CharField(max_length=60)
    count = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)  # messages that this budget held back
    told_at = models.DateTimeField(null=True)  # when managers were told that it is used up

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "scope"], name="sms_count_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.scope}: {self.count}"


class Heartbeat(models.Model):
    """When each background process was last alive; ``doctor`` and the manager's page read it."""

    name = models.CharField(max_length=120, primary_key=True)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class AuditEvent(AppendOnly):
    """Who did what to whom or to which rights. Append-only; names fields, never their values."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    actor_role = models.CharField(max_length=12, blank=True)
    verb = models.SlugField(max_length=60)
    target = models.CharField(max_length=120)  # "app.Model:key"
    fields = models.JSONField(default=list)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"


class SignIn(models.Model):
    """A sign-in that succeeded: whose, when, with what. ``seal`` no longer fits once all their sessions have ended."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)  # to ten minutes
    device = models.CharField(max_length=60, blank=True)  # browser and system: ``sign_ins.device_words``
    seal = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)

    is_here: bool  # the session of the reader, after ``sign_ins.open_rows``

    class Meta:
        indexes = [
            models.Index(fields=["user", "-at"], name="sign_in_lately"),
            models.Index(fields=["at"], name="sign_in_old"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.device}"


class ImportRun(Run):
    """Learners created from a table. The table and what was found in it are files beside the row."""

    left_out = models.PositiveIntegerField(default=0, editable=False)  # rows in the file that came back

    answers = models.JSONField(default=dict, editable=False)  # as ``learner_import.LearnerImport.options`` returns them

    class Meta(Run.Meta):
        verbose_name = _("import of learners")
        verbose_name_plural = _("imports of learners")


class ImportedRow(models.Model):
    """What became of one row of the table. ``number`` is the spreadsheet's; no cell is kept here."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=RowOutcome.choices)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    problem = models.TextField(blank=True)  # of a refused one: what to do

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="imported_row_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"


class DataExport(Leased):
    """A copy of everything about one person, made by the worker, in private storage for some days (``exports``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    about = models.ForeignKey(User, models.CASCADE, related_name="data_exports")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")  # who asked for it: themselves, or a manager
    language = models.CharField(max_length=12)
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(default=0)  # bytes

    class Meta:
        indexes = [
            models.Index(fields=["about", "-asked_at"], name="export_lately"),
            models.Index(fields=["asked_at"], name="export_old"),
            models.Index(fields=["due_at"], condition=Q(made_at=None), name="export_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.about_id} {self.asked_at:%Y-%m-%d}"

    @property
    def path(self) -> str:
        """In private storage."""
        return f"exports/{self.pk}.zip"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """The file goes with the row."""
        transaction.on_commit(partial(storages["private"].delete, self.path))
        return super().delete(*args, **kwargs)

    @property
    def is_given_up(self) -> bool:
        return self.made_at is None and self.tries >= self.max_tries


class InactivityNotice(models.Model):
    """A learner was told that their account will be erased, since they have not been here (``inactivity``)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="inactivity_notice")
    told_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.told_at:%Y-%m-%d}"


class DataUse(models.Model):
    """Bytes that a learner's visits cost in one month, as this server sees them (``data_use``)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="data_use")
    month = models.DateField()  # its first day
    down = models.PositiveBigIntegerField(default=0, db_default=0)
    up = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "month"], name="data_use_once_a_month")]
        indexes = [models.Index(fields=["month"], name="data_use_old")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.month:%Y-%m}"

    @property
    def total(self) -> int:
        return self.down + self.up


class ActOnBehalf(AppendOnly):
    """What a programme manager did with a learner's data for them, and why. The learner reads it."""

    person = models.ForeignKey(User, models.CASCADE, related_name="acts_on_behalf")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    act = models.CharField(max_length=12, choices=BehalfAct.choices)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("act on behalf of a learner")
        verbose_name_plural = _("acts on behalf of learners")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.act}"
