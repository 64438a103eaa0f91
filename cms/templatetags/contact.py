"""The contact of the centre, for every page that leads no further: see ``templates/includes/contact.html``."""

from django import template
from django.template import Context

from cms import contacts

register = template.Library()


@register.simple_tag(takes_context=True)
def centre_contact(context: Context) -> contacts.Contact | None:
    return contacts.for_request(context.get("request"))


@register.simple_tag(takes_context=True)
def centre_contact_kept(context: Context) -> contacts.Contact | None:
    """The same where the database may be away."""
    return contacts.without_database(context.get("request"))
