from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "certificates"
    label = "certificates"
    verbose_name = _("Certificates")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from certificates import access, checks, learner_section, merging, personal_data, receivers  # noqa: F401  (checks the set-up, listens to news from below)
        from certificates.models import Certificate
        from cms.policies import ReadOnlyPolicy
        from cms.roles import allow
        from cms.rows import register
        from courses.learner_sections import SECTIONS
        from lms.accounts.services import MANAGERS, TRAINERS
        from lms.lib.seams.policies import register_policy

        allow("certificates.view_certificate", groups=(TRAINERS, MANAGERS))
        allow("certificates.change_certificate", groups=(MANAGERS,))
        register(Certificate, access.certificates_of, kept=access.keep_all)
        register_policy(ReadOnlyPolicy(Certificate))
        SECTIONS.append(learner_section.certificates_section)
