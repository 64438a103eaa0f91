"""allauth's pages by name: only those that are styled and used. The rest of allauth has no address."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from lms.accounts import views
from lms.accounts.access import only_if

urlpatterns = [
    path("", include("lms.accounts.own_urls")),
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("signup/", views.sign_up, name="account_signup"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("2fa/", include("lms.accounts.factor_urls")),
    path("login/code/", only_if("SMS_SIGN_IN", allauth_views.request_login_code), name="account_request_login_code"),
    path(
        "login/code/confirm/",
        only_if("SMS_SIGN_IN", views.confirm_code),
        name="account_confirm_login_code",
    ),
    path("phone/verify/", only_if("SMS_SIGN_IN", allauth_views.verify_phone), name="account_verify_phone"),
    # Whatever the ways to sign in: it is where people of employers, invited by e-mail, choose their password.
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path(
        "password/reset/done/",
        allauth_views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
