"""A compiled query gives what the queryset gives, for every parameter, on both databases."""

from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef

from lms.accounts.models import OutboundMessage, User
from lms.lib.seams.compiled_queries import CompiledQuery

pytestmark = pytest.mark.django_db


def message(user: User, **fields) -> OutboundMessage:
    return OutboundMessage.objects.create(key=str(uuid4()), user=user, channel="app", **{"kind": "news", **fields})


def test_instances_with_their_relations_and_annotations(learner, stranger, django_assert_num_queries):
    def build(pk, kind):
        told = Exists(OutboundMessage.objects.filter(user=OuterRef("user"), kind=kind))
        rows = OutboundMessage.objects.filter(user_id=pk).select_related("user")
        return rows.annotate(told=told, number=Count("user__messages")).order_by("created_at")

    query = CompiledQuery(build, pk=int, kind=str)
    first, _second = message(learner), message(learner, kind="other")
    for user, kind in ((learner, "news"), (learner, "absent"), (stranger, "news")):
        with django_assert_num_queries(1):
            rows = query.all(pk=user.pk, kind=kind)
        assert rows == list(build(user.pk, kind))
        assert [(r.told, r.number, r.user.full_name) for r in rows] == [
            (r.told, r.number, r.user.full_name) for r in build(user.pk, kind)
        ]
    assert query.first(pk=learner.pk, kind="news").created_at == first.created_at
    assert query.first(pk=stranger.pk, kind="news") is None


def test_values_and_uuids(learner):
    def build(key):
        return OutboundMessage.objects.filter(pk=key).values_list("pk", "created_at", "user__full_name")

    query = CompiledQuery(build, key=UUID)
    row = message(learner)
    assert query.all(key=row.pk) == [(row.pk, row.created_at, "Awa Ndiaye")]
    assert query.all(key=uuid4()) == []


def test_small_integers_have_a_type_of_their_own_on_postgresql(learner):
    query = CompiledQuery(lambda tries: OutboundMessage.objects.filter(tries=tries), tries=int)
    row = message(learner, tries=3)
    assert query.all(tries=3) == [row]
    assert query.all(tries=4) == []


def test_it_locks_what_the_queryset_locks(learner):
    query = CompiledQuery(lambda pk: User.objects.select_for_update(no_key=True).filter(pk=pk), pk=int)
    with transaction.atomic():
        assert query.all(pk=learner.pk) == [learner]
        assert ("FOR NO KEY UPDATE" in query.compiled()[2]) == (connection.vendor == "postgresql")


def test_rows_changed_since_are_read_anew(learner):
    query = CompiledQuery(lambda pk: User.objects.filter(pk=pk), pk=int)
    query.all(pk=learner.pk)
    User.objects.filter(pk=learner.pk).update(full_name="Awa Diop")
    assert query.first(pk=learner.pk).full_name == "Awa Diop"


def test_a_parameter_that_is_not_in_the_sql_is_a_programming_error():
    with pytest.raises(ValueError, match="not found"):
        CompiledQuery(lambda pk: User.objects.filter(username="awa"), pk=int).all(pk=1)
