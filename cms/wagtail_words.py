"""Words of Wagtail’s admin whose French does not read well to a trainer: “Ajouter un(e) cours”, “Région”, “slug”.

Named here they are collected with ours, and the French in ``locale/`` stands before Wagtail’s. English stays as it is.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

WORDS = [
    # lists
    _("Add %(model_name)s"),
    _("Add %(label)s"),
    _("No %(model_name)s match your query."),
    _("Locale"),
    _("Locales"),
    _("Locale: "),
    _("Search all pages…"),
    _("Other searches"),
    _("Site history"),
    _("media items"),
    _("Media"),
    _("Latest media"),
    # making and saving
    _("New: %(model_name)s"),
    _("New"),
    _("The %(model_name)s could not be created due to errors."),
    _("The %(model_name)s could not be saved due to errors."),
    _("The page could not be created due to validation errors."),
    _("The page could not be saved due to validation errors."),
    _("The image could not be created due to errors."),
    _("The image could not be saved due to errors."),
    _("%(model_name)s '%(object)s' created."),
    _("%(model_name)s '%(object)s' updated."),
    _("%(model_name)s '%(object)s' created and published."),
    _("%(model_name)s '%(object)s' updated and published."),
    _("%(model_name)s '%(object)s' deleted."),
    _("'%(object)s' unpublished."),
    _("Choose another"),
    _("Create a page in"),
    _("Choose which type of page you'd like to create."),
    _("Are you sure you want to delete this %(model_name)s?"),
    _("Are you sure you want to delete this %(snippet_type_name)s?"),
    _("Are you sure you want to delete this page?"),
    _("Are you sure you want to unpublish this page?"),
    _("Are you sure you want to unpublish this %(model_name)s?"),
    _("Are you sure you want to move this page into '%(title)s'?"),
    _("Yes, delete it"),
    _("No, don't delete it"),
    _('Sorry, no snippets match "<em>%(search_query)s</em>"'),
    # the parts of a page
    _("Promote"),
    _("The page title as you'd like it to be seen by the public"),
    _("slug"),
    _("The name of the page as it will appear in URLs e.g http://domain.com/blog/[my-slug]/"),
    _("title tag"),
    _("meta description"),
    _("Published"),
    _("Disabled"),
    _("Unlocked"),
    # beside a page
    _("Change privacy"),
    _("Visible to all"),
    _("Once live anyone can view"),
    _("Available in %(translations_total)s locales"),
    _("Switch locales"),
    _("Anyone can edit this %(model_name)s – lock it to prevent others from editing"),
    _("Anyone can edit this %(model_name)s"),
    _("No publishing schedule set"),
    # translating
    _("All child pages will be created."),
    _("The page '%(page_title)s' was successfully created in %(locales)s"),
    _("Successfully created %(locales)s for %(model_name)s '%(object)s'"),
    ngettext_lazy(
        "Include subtree (%(descendant_count)s page)",
        "Include subtree (%(descendant_count)s pages)",
        "descendant_count",
    ),
    ngettext_lazy(
        "A locale is disabled because a parent page is not translated.",
        "Some locales are disabled because some parent pages are not translated.",
        "number",
    ),
    # where it is used
    ngettext_lazy("Used %(usage_count)s time", "Used %(usage_count)s times", "usage_count"),
    ngettext_lazy("Referenced %(count)s time", "Referenced %(count)s times", "count"),
    ngettext_lazy(
        "This %(model_name)s is referenced %(usage_count)s time.",
        "This %(model_name)s is referenced %(usage_count)s times.",
        "usage_count",
    ),
    _("One or more references to this %(model_name)s prevent it from being deleted."),
]
