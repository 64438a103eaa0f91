"""How allauth finds and names our people."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from lms.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        from django.conf import settings

        return bool(settings.SELF_SIGN_UP)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone
        user.save(update_fields=["phone"])

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()
