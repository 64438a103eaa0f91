from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacementConfig(AppConfig):
    name = "placement"
    label = "placement"
    verbose_name = _("Placement")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.policies import ReadOnlyPolicy, RowPolicy
        from cms.roles import allow, crud
        from cms.rows import by_permission, register
        from courses.rules import UNFIT_WORDS
        from lms.accounts.services import MANAGERS
        from lms.lib.seams.policies import register_policy
        from placement import merging, personal_data, receivers  # noqa: F401  (listens to news from below)
        from placement.models import Employer, EmployerContact, Opportunity, PayFloor, PlacementCountry, Referral
        from placement.rules import unfit_words
        from placement.services import erasing, on_behalf  # noqa: F401  (what becomes of whoever is erased)

        UNFIT_WORDS.append(unfit_words)
        kept = ("employer", "employercontact", "opportunity", "payfloor", "placementcountry")
        allow(*crud("placement", *kept), groups=(MANAGERS,))
        allow(
            "placement.view_referral",
            "placement.delete_employercontact",
            "placement.delete_payfloor",
            groups=(MANAGERS,),
        )
        for model in (Employer, EmployerContact, Opportunity, PayFloor, PlacementCountry, Referral):
            register(model, by_permission)
        for model in (Employer, EmployerContact, Opportunity, PayFloor, PlacementCountry):
            register_policy(RowPolicy(model))
        register_policy(ReadOnlyPolicy(Referral))
