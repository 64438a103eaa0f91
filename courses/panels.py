"""What stands beside the fields of a lesson in the editor."""

from typing import Any

from wagtail.admin.panels import HelpPanel

from cms.advice import Advice, advise
from cms.weight import body_weight


class AdvicePanel(HelpPanel):
    """What the lesson, as last saved, would gain from. It informs and stops nothing."""

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, "advice": self.advice(), "written": bool(self.instance.pk)}

        def advice(self) -> list[Advice]:
            page = self.instance
            if not page.pk:
                return []
            return advise(page.body, body_weight(page.body, page.locale.language_code))
