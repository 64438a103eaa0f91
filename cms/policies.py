"""Who may do what with rows of the admin, where Wagtail's own rule is too wide."""

from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy

from cms.rows import Action, rows_for


class ReadOnlyPolicy(ModelPermissionPolicy):
    """For registers: their rows are made and moved by services, never typed, changed or deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(super().user_has_permission(user, "view"))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class RowPolicy(ModelPermissionPolicy):
    """Wagtail's permissions say which actions, ``cms.rows`` on which rows: for buttons, links and lists."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return bool(self.user_has_permission(user, action)) and self._has_row(user, action, instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Any) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        allowed = [action for action in actions if self.user_has_permission(user, action)]
        rows = self.model._default_manager.none()
        for action in allowed:
            rows = rows | rows_for(user, known_action(action), self.model)
        return rows

    def _has_row(self, user: Any, action: str, instance: Any) -> bool:
        return instance.pk is None or rows_for(user, known_action(action), self.model).filter(pk=instance.pk).exists()


def known_action(action: str) -> Action:
    return action if action in {"view", "change", "publish", "delete"} else "change"  # type: ignore[return-value]
