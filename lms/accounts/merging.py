"""Two accounts of one person become one, and can be taken apart again for 30 days.

Nothing is deleted. A row that moves, or a column that changes, is written into a ledger (``MergedRow``) with what it
was and what it became; undoing reads the ledger backwards and puts back whatever nobody has changed since. What cannot
move because the other account holds its like (a place in the same group) stays with the closed account, in the ledger
too.

How rows move: ``merge_rules.py``. What to look at before: ``merge_advice.py``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts import services
from lms.accounts.enums import MergeOutcome, UndoOutcome
from lms.accounts.merge_advice import pair_of, warnings
from lms.accounts.merge_rules import (
    AFTERWARDS,
    RELATIONS,
    MergeRefusedError,
    Relation,
    Values,
    paths,
    register_moves,
    register_stays,
    relations_to,
)
from lms.accounts.models import AccountMerge, MergedRow, SeparatePeople, User
from lms.lib import sweeps
from lms.lib.backups import erasures
from lms.lib.locks import ORDER, hold, locked

ATTRIBUTE = "merged_into"  # of a request that brought the right PIN of an account that was merged away
UNDO_DAYS = 30
SETTLED_AFTER = max(timedelta(minutes=5), 2 * timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT))
"""Longer than any request or task lasts that read the closed account before the merge."""
MOST_ROWS = 2000
"""One merge is one transaction: an account with more rows than this is no learner's."""
FILLED = (("phone", "phone_verified_at", "phone_typed", "sms_stopped"), ("email",), ("country",), ("time_zone",))
"""Columns of a person that the account that stays takes over together, where its first one is empty."""
UNIQUE = ("phone", "email")


# --- two people of one name


@transaction.atomic
def separate(*, one: User, other: User, by: User) -> SeparatePeople:
    """Note that two accounts are two people's. Raises MergeRefusedError for one and the same account."""
    if one.pk == other.pk:
        raise MergeRefusedError(_("These are one and the same account."))
    row, is_new = SeparatePeople.objects.get_or_create(**pair_of(one, other), defaults={"by": by})
    if is_new:
        for person in (one, other):
            services.record(actor=by, verb="say-separate", target=person)
    return row


@transaction.atomic
def undo_separate(*, row: SeparatePeople, by: User) -> None:
    """The two accounts may be one person's after all."""
    for person in (row.first, row.second):
        services.record(actor=by, verb="take-back-separate", target=person)
    row.delete()


# --- the merge


@dataclass
class Ledger:
    """What was done, in order. ``save`` writes it in one go."""

    merge: AccountMerge
    lines: list[MergedRow] = field(default_factory=list)
    earlier: int = 0  # lines that were saved before these
    apart: set[tuple[str, str]] = field(default_factory=set)  # of them, the rows that stayed: model and key

    @classmethod
    def of(cls, merge: AccountMerge) -> "Ledger":
        """To go on with that of a merge which was made before."""
        rows = list(merge.rows.values_list("model", "key", "outcome"))
        stayed = {(model, key) for model, key, outcome in rows if outcome == MergeOutcome.APART}
        return cls(merge, earlier=len(rows), apart=stayed)

    def has(self, row: models.Model) -> bool:
        """Whether it says already that this row stays apart."""
        return (row._meta.label, str(row.pk)) in self.apart

    def note(self, row: models.Model, outcome: MergeOutcome, before: Values, after: Values) -> None:
        if outcome == MergeOutcome.APART and self.has(row):
            return
        self.lines.append(
            MergedRow(
                merge=self.merge, position=self.earlier + len(self.lines) + 1, model=row._meta.label, key=str(row.pk),
                outcome=outcome, before=before, after=after,
            )
        )  # fmt: skip

    def write(self, row: models.Model, values: Values, outcome: MergeOutcome = MergeOutcome.CHANGED) -> None:
        """Change columns of a row, past what its model would do by itself."""
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not changed:
            return
        before = {name: json_value(getattr(row, name)) for name in changed}
        type(row)._base_manager.filter(pk=row.pk).update(**changed)
        for name, value in changed.items():
            setattr(row, name, value)
        self.note(row, outcome, before, {name: json_value(value) for name, value in changed.items()})

    def save(self) -> None:
        MergedRow.objects.bulk_create(self.lines, batch_size=200)


def merge(*, kept: User, merged: User, by: User) -> AccountMerge:
    """Move what ``merged`` holds to ``kept`` and close it. Raises MergeRefusedError."""
    with transaction.atomic():
        hold_all([kept.pk, merged.pk])
        people = {user.pk: user for user in User.objects.filter(pk__in=[kept.pk, merged.pk])}
        kept, merged = people[kept.pk], people[merged.pk]
        stopping = next((each.text for each in warnings(kept, merged) if each.stops), "")
        if stopping:
            raise MergeRefusedError(stopping)
        if rows_held(merged.pk) > MOST_ROWS:
            raise MergeRefusedError(_("The account to close holds too much to be merged. Keep it, close the other."))
        until = timezone.now() + timedelta(days=UNDO_DAYS)
        row = AccountMerge.objects.create(kept=kept, merged=merged, by=by, undo_until=until)
        ledger = Ledger(row)
        join_people(ledger, kept, merged)
        for relation in relations_to(User):
            move(ledger, relation, merged.pk, kept.pk)
        ledger.save()
        services.record(actor=by, verb="merge-accounts", target=kept, fields=["merged"])
        services.record(actor=by, verb="merge-accounts", target=merged, fields=["merged_into", "is_active"])
        for work in AFTERWARDS:
            work(kept)
            work(merged)
    return row


def unsettled(now: datetime) -> models.QuerySet[AccountMerge]:
    """Merges that stand, and since which every request that began before them has ended."""
    return AccountMerge.objects.filter(settled_at=None, undone_at=None, closed_at=None, at__lte=now - SETTLED_AFTER)


def settle(key: int, now: datetime) -> bool:
    """Move what was written for the closed account by requests that had read it before the merge.

    Their thumb was on the button, a certificate was being issued: the locks put such a write before the merge or behind
    it, and behind it it would stay with an account that nobody can enter.
    """
    row = unsettled(now).filter(pk=key).first()
    if row is None:
        return False
    hold_all([row.kept_id, row.merged_id])
    row = unsettled(now).filter(pk=key).select_related("kept", "merged").first()
    if row is None:  # undone meanwhile
        return False
    ledger = Ledger.of(row)
    for relation in relations_to(User):
        move(ledger, relation, row.merged_id, row.kept_id)
    ledger.save()
    if ledger.lines:
        for work in AFTERWARDS:
            work(row.kept)
            work(row.merged)
    AccountMerge.objects.filter(pk=key).update(settled_at=now)
    return True


def hold_all(people: list[int]) -> None:
    """Lock what both own, and the accounts that name them, in the order of docs/locks.md.

    Merges take turns: three in a ring each change an account that the next one holds.
    """
    hold(ContentType.objects.filter(app_label="accounts", model="accountmerge"))
    hold(User.objects.filter(Q(pk__in=people) | Q(created_by__in=people) | Q(merged_into__in=people)))
    for label in ORDER:
        for path in paths(apps.get_model(label)):
            hold(apps.get_model(label)._base_manager.filter(**{f"{path}__in": people}))


def rows_held(person: int) -> int:
    """How many rows would move, at most."""
    count = 0
    for relation in RELATIONS.values():
        parent = relation.field.related_model
        rests = [""] if parent is User else [f"__{path}" for path in paths(parent)]
        if not relation.why_not:
            for rest in rests:
                count += relation.model._base_manager.filter(**{f"{relation.field.name}{rest}": person}).count()
    return count


def join_people(ledger: Ledger, kept: User, merged: User) -> None:
    """Close the one; the other takes over what it lacks."""
    taken: Values = {}
    for names in FILLED:
        if getattr(merged, names[0]) and not getattr(kept, names[0]):
            taken |= {name: getattr(merged, name) for name in names}
    given: Values = {name: None if name == "phone" else "" for name in UNIQUE if name in taken}
    ledger.write(merged, {**given, "is_active": False, "merged_into_id": kept.pk})
    ledger.write(kept, taken)


def move(ledger: Ledger, relation: Relation, old: Any, new: Any) -> None:
    """Point the rows that point at ``old`` at ``new``."""
    if relation.why_not:
        return
    column, model = relation.field.attname, relation.model
    rows = list(model._base_manager.filter(**{column: old}).order_by("pk"))
    if not relation.also and not relation.combine and not is_constrained(relation):
        for row in rows:
            ledger.note(row, MergeOutcome.MOVED, {column: json_value(old)}, {column: json_value(new)})
        keys = [row.pk for row in rows]
        for start in range(0, len(keys), 500):
            model._base_manager.filter(pk__in=keys[start : start + 500]).update(**{column: new})
        return
    for row in rows:
        values = {column: new, **(relation.also(row, new) if relation.also else {})}
        counterpart = counterpart_of(row, relation, values)
        if counterpart is None and not is_refused(row, values):
            ledger.write(row, values, MergeOutcome.MOVED)
        elif counterpart is not None and relation.combine:
            count = len(ledger.lines)
            for child in relations_to(model):
                move(ledger, child, row.pk, counterpart.pk)
            if ledger.has(row) and len(ledger.lines) == count:  # joined before, and nothing came since
                continue
            counterpart, row = (model._base_manager.get(pk=each.pk) for each in (counterpart, row))
            for_counterpart, for_row = relation.combine(counterpart, row)
            ledger.write(row, for_row)
            ledger.write(counterpart, for_counterpart)
            ledger.note(row, MergeOutcome.APART, {}, {})
        else:
            ledger.note(row, MergeOutcome.APART, {}, {})


def unique_sets(model: type[models.Model], name: str) -> list[list[str]]:
    """The sets of columns, with this one, that the database keeps unique whatever the rest of the row."""
    found = [[name]] if model._meta.get_field(name).unique else []  # type: ignore[union-attr]
    found += [list(names) for names in model._meta.unique_together if name in names]
    for rule in model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint) and name in rule.fields and rule.condition is None:
            found.append(list(rule.fields))
    return found


def is_constrained(relation: Relation) -> bool:
    rules = [rule for rule in relation.model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    named = any(relation.field.name in rule.fields for rule in rules)
    return named or bool(unique_sets(relation.model, relation.field.name))


def counterpart_of(row: Any, relation: Relation, values: Values) -> Any:
    """The row of the account that stays which stands where this one would go."""
    for names in unique_sets(relation.model, relation.field.name):
        columns = [relation.model._meta.get_field(name).attname for name in names]  # type: ignore[union-attr]
        wanted = {column: values.get(column, getattr(row, column)) for column in columns}
        counterpart = type(row)._base_manager.filter(**wanted).exclude(pk=row.pk).first()
        if counterpart is not None:
            return counterpart
    return None


def is_refused(row: models.Model, values: Values) -> bool:
    """Whether another rule of the database is in the way: one open attempt at a time."""
    changed = type(row)(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields} | values)
    changed._state.adding = False
    try:
        for rule in row._meta.constraints:
            if isinstance(rule, models.UniqueConstraint) and rule.condition is not None:
                rule.validate(type(row), changed)
    except ValidationError:
        return True
    return False


def json_value(value: Any) -> Any:
    """As it stands in JSON; ``Field.to_python`` reads it back."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


# --- undoing


def undo(*, merge: AccountMerge, by: User) -> list[MergedRow]:
    """Put back what nobody has changed since; the rows that were left. Raises MergeRefusedError."""
    with transaction.atomic():
        hold_all([merge.kept_id, merge.merged_id])
        fresh = AccountMerge.objects.get(pk=merge.pk)
        if not fresh.is_open:
            raise MergeRefusedError(_("This merge can no longer be undone."))
        both = [fresh.kept_id, fresh.merged_id]
        later = AccountMerge.objects.filter(Q(kept__in=both) | Q(merged__in=both), undone_at=None, pk__gt=fresh.pk)
        if later.exists():
            raise MergeRefusedError(_("One of these accounts was merged again later. Undo that merge first."))
        left = []
        for line in fresh.rows.exclude(outcome=MergeOutcome.APART).order_by("-position"):
            line.undone = put_back(line)
            line.save(update_fields=["undone"])
            if line.undone != UndoOutcome.BACK:
                left.append(line)
        fresh.undone_at, fresh.undone_by = timezone.now(), by
        fresh.save(update_fields=["undone_at", "undone_by"])
        for person in User.objects.filter(pk__in=both):
            services.record(actor=by, verb="undo-merge", target=person)
            for work in AFTERWARDS:
                work(person)
    merge.refresh_from_db()
    return left


def put_back(line: MergedRow) -> UndoOutcome:
    try:
        model = apps.get_model(line.model)
    except LookupError:
        return UndoOutcome.GONE
    rows = model._base_manager.filter(pk=line.key)
    row = rows.first()
    if row is None:
        return UndoOutcome.GONE
    values = {}
    for name, before in line.before.items():
        column: Any = model._meta.get_field(name)
        if getattr(row, name) == column.to_python(line.after[name]):
            values[name] = column.to_python(before)
    if not written(rows, values):  # something has the place of one column: the others go back by themselves
        for _turn in range(
            2
        ):  # what waits for another column goes in the second: an account opens once it stands alone
            values = {name: value for name, value in values.items() if not written(rows, {name: value})}
        return UndoOutcome.TAKEN
    return UndoOutcome.BACK if len(values) == len(line.before) else UndoOutcome.CHANGED


def written(rows: models.QuerySet[Any], values: Values) -> bool:
    """Whether the database takes these values."""
    try:
        with transaction.atomic():
            if values:
                rows.update(**values)
    except IntegrityError:
        return False
    return True


# --- when the time is over


def past_undo(now: datetime) -> models.QuerySet[AccountMerge]:
    return AccountMerge.objects.filter(undone_at=None, closed_at=None, undo_until__lte=now)


def erase_closed_account(key: int, now: datetime) -> bool:
    """Erase the personal data of the account that was merged away; its ledger keeps what moved, without names."""
    people = AccountMerge.objects.filter(pk=key).values("merged")
    merged = locked(User.objects.filter(pk__in=people)).first()
    merge = past_undo(now).filter(pk=key).first()  # read behind the lock: it may just have been undone
    if merged is None or merge is None:
        return False
    merged.username, merged.full_name, merged.email, merged.phone = f"merged.{merged.pk}", "", "", None
    merged.phone_typed, merged.country, merged.time_zone, merged.phone_verified_at = "", "", "", None
    merged.data_saver = ""
    merged.bundle_price = merged.bundle_megabytes = None
    merged.set_unusable_password()
    merged.save()
    for relation in relations_to(User):
        if relation.is_erased:
            for row in relation.model._base_manager.filter(**{relation.field.attname: merged.pk}):
                delete_files(row)
                row.delete()
    merge.rows.filter(model=User._meta.label).update(before={}, after={})
    merge.closed_at = now
    merge.save(update_fields=["closed_at"])
    erasures.note(ERASURE, erasure_hash(merged))
    services.record(actor=None, verb="close-merge", target=merged, fields=["username", "full_name", "phone", "email"])
    return True


ERASURE = "merged account"


def erasure_hash(person: User) -> str:
    return erasures.hash_of(person.pk, person.date_joined.isoformat())


def erase_again(hashes: set[str]) -> str:
    """After an older backup was restored: erase the accounts that had been erased since, without their days of grace.

    One whose merge is not in the backup is in use again, with records of its own: that is named, for the team to merge.
    """
    again, joined_again = 0, []
    gone = User._base_manager.filter(pk__in=AccountMerge.objects.filter(undone_at=None).values("merged"))
    for person in User._base_manager.iterator():
        if erasure_hash(person) not in hashes:
            continue
        if not gone.filter(pk=person.pk).exists():
            joined_again.append(person.username)
            continue
        waiting = AccountMerge.objects.filter(merged=person, undone_at=None, closed_at=None)
        waiting.update(undo_until=timezone.now())
        for key in waiting.values_list("pk", flat=True):
            with transaction.atomic():
                again += erase_closed_account(key, timezone.now())
    report = f"Accounts that had been merged and erased since are erased again: {again}."
    if joined_again:
        report += f" Merged only after this backup was made, merge them again: {', '.join(joined_again[:20])}."
    return report


erasures.register(ERASURE, erase_again)


def delete_files(row: models.Model) -> None:
    """What a row keeps outside the database goes once the transaction has held."""
    for column in row._meta.concrete_fields:
        stored = getattr(row, column.attname) if isinstance(column, models.FileField) else None
        if stored:
            transaction.on_commit(lambda file=stored: file.storage.delete(file.name))  # type: ignore[misc]


CLOSE = sweeps.register(
    sweeps.Sweep(
        name="accounts.close-merges",
        label=gettext_lazy("Account merges to close"),
        remedy=gettext_lazy("Look at the page of this merge: what it lists must still exist."),
        rows=lambda now: past_undo(now).order_by("undo_until"),
        work=erase_closed_account,
    )
)
SETTLE = sweeps.register(
    sweeps.Sweep(
        name="accounts.settle-merges",
        label=gettext_lazy("Account merges to complete"),
        remedy=gettext_lazy("Look at the page of this merge: what it lists must still exist."),
        rows=lambda now: unsettled(now).order_by("at", "pk"),
        work=settle,
    )
)

# --- what stands in this app

register_stays("the history says who did what", "accounts.AuditEvent.actor", "accounts.AccountMerge.kept",
               "accounts.AccountMerge.merged", "accounts.AccountMerge.by", "accounts.AccountMerge.undone_by",
               "accounts.SignInCard.created_by", "accounts.SeparatePeople.by", "accounts.ActOnBehalf.by",
               "accounts.ActOnBehalf.person")  # fmt: skip
register_stays("a way in to the account that is closed", "accounts.SignInCard.user", "accounts.SignIn.user",
               "accounts.RecoveryWords.user", "account.EmailAddress.user",
               "mfa.Authenticator.user", is_erased=True)  # fmt: skip
register_stays(
    "said of these two accounts", "accounts.SeparatePeople.first", "accounts.SeparatePeople.second", is_erased=True
)
register_stays("said of this account", "accounts.InactivityNotice.user", "accounts.DataUse.user", is_erased=True)
register_stays("a copy of what one of the two accounts held", "accounts.DataExport.about", "accounts.DataExport.by",
               is_erased=True)  # fmt: skip
register_stays("the role decides them", "accounts.User_groups.user", "accounts.User_user_permissions.user")
register_moves("accounts.User.created_by", "accounts.User.merged_into", "accounts.ConsentRecord.user",
               "accounts.OutboundMessage.user", "accounts.ImportRun.by", "accounts.ImportedRow.user")  # fmt: skip
