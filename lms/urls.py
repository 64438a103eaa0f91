"""Every address. Apps are named by dotted text, so the project package imports none of them."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.urls import serve_pattern
from wagtail.views import serve as serve_page

from lms.lib import health
from lms.lib.media import serve_public_media
from lms.lib.metrics import metrics
from lms.lib.moved import moved_to
from lms.lib.pages import robots, style_guide

urlpatterns = [
    path("livez", never_cache(health.livez), name="livez"),
    path("readyz", never_cache(health.readyz), name="readyz"),
    path("healthz", never_cache(health.healthz), name="healthz"),
    path("metrics", never_cache(metrics), name="metrics"),
    path("robots.txt", robots, name="robots"),
    path("worker.js", include("assessments.worker_urls")),
    path("cms/", include("lms.accounts.admin_urls")),  # before Wagtail's: its own sign-in has no limits
    path("cms/", include(wagtailadmin_urls)),
    # Of Wagtail's other addresses only what is used: the rest are sign-in pages and passwords that nobody counts.
    path("documents/", include("cms.document_urls")),
    path("media/<path:path>", serve_public_media, name="public_media"),
    path("v/", include("certificates.short_urls")),
    path("r/", include("placement.reply_urls")),
]

urlpatterns += i18n_patterns(
    path("accounts/", include("lms.accounts.urls")),
    path("courses/", include("courses.catalogue_urls")),
    path("join/", include("courses.join_urls")),
    path("learn/", include("courses.urls")),
    path("learn/", include("assessments.urls")),
    path("offline/", include("assessments.offline_urls")),
    path("certificates/", include("certificates.urls")),
    path("verify/", include("certificates.verify_urls")),
    path("employers/", include("placement.employer_urls")),
    path("opportunities/", include("placement.learner_urls")),
    path("offers/", moved_to("opportunities:index")),
    path("offers/<path:rest>", moved_to("opportunities:index")),
    *([path("styleguide/", style_guide, name="styleguide")] if settings.DEBUG else []),
    path(
        "_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="wagtailcore_login"
    ),
    re_path(serve_pattern, serve_page, name="wagtail_serve"),
)

handler400 = "lms.lib.pages.bad_request"
handler500 = "lms.lib.failures.server_error"
