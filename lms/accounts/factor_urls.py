"""allauth's pages of the second factor, by name: only those that are styled and used."""

from django.urls import path

from lms.accounts import factor_views as views

urlpatterns = [
    path("", views.index, name="mfa_index"),
    path("authenticate/", views.authenticate, name="mfa_authenticate"),
    path("password/", views.reauthenticate_password, name="account_reauthenticate"),
    path("reauthenticate/", views.reauthenticate, name="mfa_reauthenticate"),
    path("totp/activate/", views.activate_totp, name="mfa_activate_totp"),
    path("totp/deactivate/", views.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/generate/", views.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/", views.list_passkeys, name="mfa_list_webauthn"),
    path("passkeys/add/", views.add_passkey, name="mfa_add_webauthn"),
    path("passkeys/reauthenticate/", views.reauthenticate_passkey, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
]
