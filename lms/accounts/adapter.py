"""How allauth finds and names our people, says how long to wait and sends its codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts import codes, guesses, merging, second_factor, services
from lms.accounts.fields import PhoneField
from lms.accounts.models import User
from lms.lib.seams.sign_in import LoginStageKey

WRONG = gettext_lazy(
    "This number or name and this PIN do not match. Check both. Several people may share a number: then sign in with "
    "your user name. If you forgot your PIN or password, ask your training centre."
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "phone_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "incorrect_code": gettext_lazy("This code is not right. Look at the last message you got."),
        "rate_limited": gettext_lazy("Please wait a minute before you ask again."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait 15 minutes, then ask for a new code."),
    }

    def add_message(self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **kw: Any) -> None:
        """Only what went wrong: our pages say themselves what went well."""
        if message:
            super().add_message(request, level, message=message)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Through the outbound table: no mail server is waited for while a person waits for a page.

        allauth makes links from the name that the request gave our host, and whoever sends the request chooses it.
        """
        ours = {key: on_our_address(value, self.request) for key, value in context.items() if key != "request"}
        mail = self.render_mail(template_prefix, email, {"email": email, **ours})
        codes.send_mail(address=email, subject=mail.subject, body=str(mail.body))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return str(on_our_address(super().get_reset_password_from_key_url(key), self.request))

    def set_password(self, user: User, password: str) -> None:
        """Behind the link of an e-mail; every other page of ours gives a PIN itself."""
        services.reset_pin(user=user, pin=password)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SELF_SIGN_UP)

    def get_login_stages(self) -> list[str]:
        ours = {
            "allauth.account.stages.PhoneVerificationStage": "lms.accounts.stages.PhoneStage",
            "allauth.mfa.stages.AuthenticateStage": "lms.accounts.stages.FactorStage",
        }
        return [ours.get(path, path) for path in super().get_login_stages()]

    # --- second factor
    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in and has no factor yet sets the first one up without typing their password again."""
        user = self.request.user
        if app == "allauth.mfa" and not second_factor.factors(user).exists():
            return not second_factor.has_just_signed_in(self.request, user)
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor confirms with it: the password alone removes nothing."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] != "reauthenticate"] or methods

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: ``second_factor.tell`` tells, in plain words and through the outbound table."""

    # --- guesses: counted by the backend
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: allauth's own count would be a second one."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Say how long to wait when the guess was not even looked at."""
        pause = getattr(request, guesses.ATTRIBUTE, 0)
        if pause:
            raise ValidationError(pause_text(pause), code="too_many_login_attempts")
        stays = getattr(request, merging.ATTRIBUTE, None)
        if stays is not None:
            text = _("Your two accounts are now one. Sign in as %(name)s, with the PIN of that account.")
            raise ValidationError(text % {"name": stays.username})

    # --- phone numbers
    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        return PhoneField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        if user.phone != phone:
            user.phone, user.phone_typed = phone, ""
        user.phone_verified_at = timezone.now() if verified else None
        user.save(update_fields=["phone", "phone_typed", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        stage = getattr(self.request, "_login_stage", None)
        by_code = stage is not None and stage.key == LoginStageKey.LOGIN_BY_CODE.value
        services.prove_number(user=user, phone=phone, by_code=by_code)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Of an account that was merged away, the account in use: where they had proved that the number is theirs."""
        user = User.objects.filter(phone=phone).first()
        return user.in_use if user is not None and user.phone_verified_at else user

    # --- codes by SMS
    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        with self.told_when_refused():
            if user.merged_into_id:  # nobody proved the number: as to one without an account
                codes.send_nothing(phone=phone)
            else:
                codes.send_code(user=user, phone=phone, code=code)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """A text to a number that nobody gave us costs money and helps only who tries numbers."""
        with self.told_when_refused():
            codes.send_nothing(phone=phone)

    def send_account_already_exists_sms(self, phone: str) -> None:
        with self.told_when_refused():
            codes.send_account_exists(phone=phone, language=translation.get_language() or settings.LANGUAGE_CODE)

    @contextmanager
    def told_when_refused(self) -> Iterator[None]:
        """Nobody is sent to wait for a code that does not come: back to the other ways in, and told why."""
        try:
            yield
        except codes.NoCodeError as error:
            messages.warning(self.request, str(error))
            raise ImmediateHttpResponse(redirect("account_login")) from error


def on_our_address(value: Any, request: HttpRequest | None) -> Any:
    """A link that was made from the request's host, moved to ``BASE_URL``; anything else as it is."""
    start = request.build_absolute_uri("/") if request is not None else ""
    if start and isinstance(value, str) and value.startswith(start):
        return f"{settings.BASE_URL}/{value.removeprefix(start)}"
    return value


def pause_text(seconds: int) -> str:
    """What to tell a person after too many tries: how long, and what helps meanwhile."""
    return _(
        "Too many tries. To protect this account, wait %(wait)s, then try again. "
        "Learners: a new card from your trainer works at once."
    ) % {"wait": guesses.duration_text(seconds)}
