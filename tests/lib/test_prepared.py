"""A prepared queryset gives what the queryset gives, for every parameter, on both databases."""

from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef

from lms.accounts.models import OutboundMessage, User
from lms.lib.prepared import Prepared

pytestmark = pytest.mark.django_db


def message(user: User, **fields) -> OutboundMessage:
    return OutboundMessage.objects.create(key=str(uuid4()), user=user, channel="app", **{"kind": "news", **fields})


def test_instances_with_their_relations_and_annotations(learner, stranger, django_assert_num_queries):
    def build(pk, kind):
        told = Exists(OutboundMessage.objects.filter(user=OuterRef("user"), kind=kind))
        rows = OutboundMessage.objects.filter(user_id=pk).select_related("user")
        return rows.annotate(told=told, number=Count("user__messages")).order_by("created_at")

    prepared = Prepared(build, pk=int, kind=str)
    first, _second = message(learner), message(learner, kind="other")
    for user, kind in ((learner, "news"), (learner, "absent"), (stranger, "news")):
        with django_assert_num_queries(1):
            rows = prepared.all(pk=user.pk, kind=kind)
        assert rows == list(build(user.pk, kind))
        assert [(r.told, r.number, r.user.full_name) for r in rows] == [
            (r.told, r.number, r.user.full_name) for r in build(user.pk, kind)
        ]
    assert prepared.first(pk=learner.pk, kind="news").created_at == first.created_at
    assert prepared.first(pk=stranger.pk, kind="news") is None


def test_values_and_uuids(learner):
    def build(key):
        return OutboundMessage.objects.filter(pk=key).values_list("pk", "created_at", "user__full_name")

    prepared = Prepared(build, key=UUID)
    row = message(learner)
    assert prepared.all(key=row.pk) == [(row.pk, row.created_at, "Awa Ndiaye")]
    assert prepared.all(key=uuid4()) == []


def test_small_integers_have_a_type_of_their_own_on_postgresql(learner):
    prepared = Prepared(lambda tries: OutboundMessage.objects.filter(tries=tries), tries=int)
    row = message(learner, tries=3)
    assert prepared.all(tries=3) == [row]
    assert prepared.all(tries=4) == []


def test_it_locks_what_the_queryset_locks(learner):
    prepared = Prepared(lambda pk: User.objects.select_for_update(no_key=True).filter(pk=pk), pk=int)
    with transaction.atomic():
        assert prepared.all(pk=learner.pk) == [learner]
        assert ("FOR NO KEY UPDATE" in prepared.compiled()[2]) == (connection.vendor == "postgresql")


def test_rows_changed_since_are_read_anew(learner):
    prepared = Prepared(lambda pk: User.objects.filter(pk=pk), pk=int)
    prepared.all(pk=learner.pk)
    User.objects.filter(pk=learner.pk).update(full_name="Awa Diop")
    assert prepared.first(pk=learner.pk).full_name == "Awa Diop"


def test_a_parameter_that_is_not_in_the_sql_is_a_programming_error():
    with pytest.raises(ValueError, match="not found"):
        Prepared(lambda pk: User.objects.filter(username="awa"), pk=int).all(pk=1)
