"""The Wagtail admin has no sign-in of its own: its page would know no limit on guesses."""

from django.urls import path
from django.views.generic import RedirectView

from lms.accounts import views

urlpatterns = [
    path("login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("logout/", views.sign_out),
]
