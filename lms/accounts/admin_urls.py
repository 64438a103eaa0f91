"""Addresses that stand before Wagtail's. The admin has no sign-in of its own: its page would know no limit on
guesses; and nobody is given groups or deleted in bulk: the role decides.
"""

from django.urls import path, re_path
from django.views.generic import RedirectView
from wagtail.admin.auth import require_admin_access

from lms.accounts import people_account, views

urlpatterns = [
    path("login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("logout/", views.sign_out),
    path("account/", require_admin_access(people_account.account)),
    re_path(r"^bulk/accounts/user/", views.no_such_page),
]
