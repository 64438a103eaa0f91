"""Where the programme may bring people and employers together, and what the law of that country asks for first."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from lms.lib.changed_columns import SavesChangedColumns
from lms.lib.sort_order import Alphabetical
from lms.lib.translated import TranslatedField, pick

NEEDED = ("authority", "filing", "transfers", "contact_name", "contact_email")


class PlacementCountry(SavesChangedColumns):
    """Data protection in one country where learners live. Placement begins there once it is open, and it opens when all
    of ``NEEDED`` is written down. Programme managers keep it.
    """

    country = models.CharField(gettext_lazy("country"), max_length=2, unique=True)
    authority = models.CharField(gettext_lazy("data protection authority"), max_length=160, blank=True)
    law = models.CharField(gettext_lazy("law"), max_length=160, blank=True)
    filing = models.CharField(
        gettext_lazy("number of the declaration or authorisation"), max_length=80, blank=True,
        help_text=gettext_lazy("As the authority gave it. Where the law asks for none, write which article says so."),
    )  # fmt: skip
    transfers = TranslatedField(
        gettext_lazy("data that leaves the country"), lines=4, blank=True,
        help_text=gettext_lazy("For learners: in which country this site keeps their data, to which countries employers"
                               " may take it, and by what right."),
    )  # fmt: skip
    contact_name = models.CharField(gettext_lazy("person in charge of data"), max_length=120, blank=True)
    contact_email = models.EmailField(gettext_lazy("their e-mail address"), blank=True)
    is_open = models.BooleanField(
        gettext_lazy("placement is open in this country"), default=False,
        help_text=gettext_lazy("Employers find people who live there, and people may say yes to employers. Without this"
                               " they only learn."),
    )  # fmt: skip
    is_demo = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        verbose_name = gettext_lazy("country of placement")
        verbose_name_plural = gettext_lazy("countries of placement")
        ordering: ClassVar[list[Any]] = [Alphabetical("country")]

    def __str__(self) -> str:
        return self.country

    def clean(self) -> None:
        super().clean()
        if self.is_open and self.missing:
            text = _("Placement opens in a country only once this is written down.")
            raise ValidationError(dict.fromkeys(self.missing, text))

    @property
    def missing(self) -> list[str]:
        """Names of the columns that are still empty."""
        return [name for name in NEEDED if not getattr(self, name)]

    @property
    def missing_words(self) -> str:
        return ", ".join(str(getattr(self._meta.get_field(name), "verbose_name", name)) for name in self.missing)

    @property
    def state_words(self) -> str:
        """For lists: open, closed, or open without what the law asks for."""
        if not self.is_open:
            return pgettext("country", "closed")
        if self.missing:
            return _("open, missing: %(what)s") % {"what": self.missing_words}
        return pgettext("country", "open")

    @property
    def transfers_text(self) -> str:
        return pick(self.transfers)
