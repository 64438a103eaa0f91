"""Where an employer saw somebody, and what it saw there."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SightChannel(models.TextChoices):
    LIST = "list", _("in a list of people")
    PROFILE = "profile", _("on your page, under a code name")
    SHORTLIST = "shortlist", _("on its shortlist")
    EXPORT = "export", _("in a table that it downloaded")
    REFERRAL = "referral", _("on the page of an opportunity that concerns you")
    LINK = "link", _("by the link of an e-mail")


PURPOSES = {
    SightChannel.LIST: _("to look for people for its opportunities"),
    SightChannel.PROFILE: _("to look for people for its opportunities"),
    SightChannel.SHORTLIST: _("to choose among the people whom it kept"),
    SightChannel.EXPORT: _("to choose among the people whom it kept"),
    SightChannel.REFERRAL: _("to answer you, or wait for your answer"),
    SightChannel.LINK: _("to answer you, or wait for your answer"),
}


class SeenField(models.TextChoices):
    """What of a person. The order is that of the page."""

    NAME = "name", _("your name")
    PHONE = "phone", _("your phone number")
    EMAIL = "email", _("your e-mail address")
    SKILLS = "skills", _("skills that you proved")
    CERTIFICATES = "certificates", _("certificates")
    AVAILABILITY = "availability", _("hours and availability")
    PLACE = "place", _("country and region")
    LANGUAGES = "languages", _("languages")
    EQUIPMENT = "equipment", _("equipment and connection")
    WORDS = "words", _("what you wrote to it")


CARD = ("skills", "availability", "place", "languages", "equipment")
"""What every employer sees of whoever is found."""
