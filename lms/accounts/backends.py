"""Who somebody is: by phone number, user name or address and PIN, with guesses counted whoever asks; and by session."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from lms.accounts import guesses, merging
from lms.accounts.models import User
from lms.lib.seams.compiled_queries import CompiledQuery


def person(pk: int) -> Any:
    return User.objects.filter(pk=pk)


PERSON: CompiledQuery[User] = CompiledQuery(person, pk=int)


class AccountBackend(AuthenticationBackend):
    """allauth's, with its own look-up replaced: one account a call, found before the guess is counted."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """The person, or None. Raises PermissionDenied, which ends the search in every backend, when they must wait;
        ``request.guess_pause`` then says how many seconds.
        """
        password = credentials.get("password")
        login = credentials.get("phone") or credentials.get("email") or credentials.get("username")
        if not password or not login:
            return None
        login = str(login).strip()
        found = guesses.find_account(login)
        user = found.in_use if found is not None else None
        guess = guesses.begin(request=request, user=user, login=login)
        if guess.pause:
            if request is not None:
                setattr(request, guesses.ATTRIBUTE, guess.pause)
            raise PermissionDenied
        if user is None:
            self._mitigate_timing_attack(password)  # the same work, so the same time
            return None
        if not user.check_password(password):
            if found is not None and found != user and request is not None and found.check_password(password):
                setattr(
                    request, merging.ATTRIBUTE, user
                )  # the PIN of the account that was closed: say which one is in use
            return None
        guess.was_right()
        if not self.user_can_authenticate(user):
            self._stash_user(user)  # allauth tells them that their account is closed
            return None
        return user

    async def aauthenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Django's own would look at the password without counting."""
        user: User | None = await sync_to_async(self.authenticate)(request, **credentials)
        return user

    def user_can_authenticate(self, user: Any) -> bool:
        """Nobody enters an account that was merged into another."""
        return user.merged_into_id is None and bool(super().user_can_authenticate(user))

    def get_user(self, user_id: Any) -> User | None:
        user = PERSON.first(pk=int(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None

    async def aget_user(self, user_id: Any) -> User | None:
        user: User | None = await sync_to_async(self.get_user)(user_id)
        return user
