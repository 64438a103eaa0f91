"""What a finding is, and how to write it instead: for the writer, in the active language."""

from typing import Any

from django.utils.translation import gettext_lazy, pgettext

from placement.text_checks.findings import Certainty, Finding, FindingKind

HOW: dict[tuple[str, str], Any] = {
    (FindingKind.CRITERION, "sex"): gettext_lazy("Work is open to women and men. Write “operator (F/M)” and what the person will do."),
    (FindingKind.CRITERION, "age"): gettext_lazy("Nobody is chosen by age. Write the skill or the experience that the work needs."),
    (FindingKind.CRITERION, "religion"): gettext_lazy("Nobody is chosen by religion. Leave it out."),
    (FindingKind.CRITERION, "origin"): gettext_lazy("Nobody is chosen by origin. If a language is needed, choose it with its level, in the list."),
    (FindingKind.CRITERION, "family"): gettext_lazy("Nobody is chosen by family situation. Write the hours of work instead: everyone judges for themselves."),
    (FindingKind.CRITERION, "pregnancy"): gettext_lazy("Pregnancy is no reason not to hire somebody. Leave it out."),
    (FindingKind.CRITERION, "appearance"): gettext_lazy("Nobody is chosen by looks, and no photo may be asked for. Write what the person must be able to do."),
    (FindingKind.CRITERION, "health"): gettext_lazy("Nobody is chosen by health or disability. Describe the tasks, and what you can adapt."),
    (FindingKind.CRITERION, "residence"): gettext_lazy("Nobody is chosen by where they live. Write where the work is done."),
    (FindingKind.CRITERION, "opinion"): gettext_lazy("Nobody is chosen by opinions or by union membership. Leave it out."),
    (FindingKind.CRITERION, "orientation"): gettext_lazy("Nobody is chosen by private life. Leave it out."),
    (FindingKind.FEE, "fee"): gettext_lazy("Candidates never pay: no fee, deposit, training or equipment. Leave it out, or write that you pay it."),
    (FindingKind.FEE, "amount"): gettext_lazy("Say what this amount is: pay belongs in the fields for pay. Candidates never pay anything."),
    (FindingKind.CONTACT, "phone"): gettext_lazy("Leave the number out. Candidates answer here, where both sides are protected."),
    (FindingKind.CONTACT, "e-mail"): gettext_lazy("Leave the address out. Candidates answer here, where both sides are protected."),
    (FindingKind.CONTACT, "link"): gettext_lazy("Leave the link out. Your website is shown with your name. Candidates answer here."),
    (FindingKind.CONTACT, "messenger"): gettext_lazy("Do not move the conversation elsewhere. Candidates answer here, where both sides are protected."),
    (FindingKind.INSULT, "insult"): gettext_lazy("These words hurt, and are not passed on to anyone. Say what is missing for the work, in plain words."),
    (FindingKind.PAY, "unpaid"): gettext_lazy("All work is paid, trials and training on the job too. Write what you pay."),
    (FindingKind.HOURS, "length"): gettext_lazy("These hours are too long: at most 48 a week. Write hours that a person can work."),
    (FindingKind.HOURS, "rest"): gettext_lazy("Everyone has a day of rest each week. Write the days of work."),
}  # fmt: skip
"""By kind and subject."""

NAMES: dict[str, Any] = {
    FindingKind.CRITERION: gettext_lazy("a criterion that the law protects"),
    FindingKind.FEE: gettext_lazy("money asked of candidates"),
    FindingKind.CONTACT: gettext_lazy("contact outside this site"),
    FindingKind.INSULT: gettext_lazy("words that hurt"),
    FindingKind.PAY: gettext_lazy("work without pay, or below the minimum"),
    FindingKind.HOURS: gettext_lazy("hours that are too long"),
}
MOST_WORDS = 80  # of a quotation


def advice(finding: Finding) -> str:
    """The very words, then how to write it: “jeune femme”: Work is open to ... What is doubtful is not spoken of as sure."""
    words = " ".join(finding.words.split())
    words = words if len(words) <= MOST_WORDS else words[:MOST_WORDS] + "…"
    how = HOW[finding.kind, finding.subject]
    if finding.certainty == Certainty.DOUBTFUL:
        text = pgettext(
            "doubtful words, and how to write them",
            "“%(words)s” can be read otherwise than you mean it. If it is meant so: %(how)s",
        )
        return text % {"words": words, "how": how}
    return pgettext("words found in a text: how to write them", "“%(words)s”: %(how)s") % {"words": words, "how": how}
