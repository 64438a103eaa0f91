"""Positions, not seats; a certificate that was matched, not examined; a referral begins as proposed, not suggested."""

import django.db.models.deletion
from django.db import migrations, models

STATES = [
    ("proposed", "proposed to you"),
    ("declined", "declined by you"),
    ("expired", "proposal expired"),
    ("consented", "you said yes"),
    ("forwarded", "sent to the employer"),
    ("seen", "opened by the employer"),
    ("question", "the employer has a question"),
    ("interested", "the employer is interested"),
    ("interview", "interview"),
    ("offer", "offer of work"),
    ("offer-declined", "offer of work declined"),
    ("accepted", "offer of work accepted"),
    ("started", "work started"),
    ("refused", "not this time"),
    ("withdrawn", "withdrawn by you"),
    ("obsolete", "closed: hired elsewhere or filled"),
    ("auto-closed", "closed without an answer"),
]


def rename_state(apps, before, after):
    """Three statements whatever the number of rows. The log is renamed too: it tells what was so, under a new name."""
    for model, field in (("Referral", "state"), ("ReferralEvent", "before"), ("ReferralEvent", "after")):
        rows = apps.get_model("placement", model)._base_manager.filter(**{field: before})
        rows.update(**{field: after})


def forwards(apps, schema_editor):
    rename_state(apps, "suggested", "proposed")


def backwards(apps, schema_editor):
    rename_state(apps, "proposed", "suggested")


class Migration(migrations.Migration):
    # PostgreSQL changes no table in the transaction that wrote to its rows: the rows come last, under deferred keys
    dependencies = [
        ("placement", "0008_words_of_remote_work"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="opportunity", name="opportunity_has_a_seat"),
        migrations.RenameField(model_name="opportunity", old_name="seats", new_name="positions"),
        migrations.AlterField(
            model_name="opportunity",
            name="positions",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="positions"),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(("positions__gte", 1)), name="opportunity_has_a_position"
            ),
        ),
        migrations.RenameModel(old_name="Examined", new_name="MatchedCertificate"),
        migrations.AlterField(
            model_name="referral",
            name="state",
            field=models.CharField(choices=STATES, default="proposed", max_length=16, verbose_name="state"),
        ),
        migrations.AlterField(
            model_name="referralevent", name="after", field=models.CharField(choices=STATES, max_length=16)
        ),
        migrations.AlterField(
            model_name="referral",
            name="opportunity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="placement.opportunity",
                verbose_name="opportunity",
            ),
        ),
        migrations.AlterField(
            model_name="employercontact",
            name="receives_referrals",
            field=models.BooleanField(default=True, verbose_name="receives referrals by e-mail"),
        ),
        migrations.RunPython(forwards, backwards),
    ]
