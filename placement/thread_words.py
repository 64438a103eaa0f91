"""What happens next in a referral, said to each side: on the page after each act, and for as long as it stands so."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from placement.enums import ReferralState as S

FOR_EMPLOYER: dict[str, Promise] = {
    S.FORWARDED: _("It is your turn: write, or choose an answer below. A short no is better than silence."),
    S.SEEN: _("It is your turn: write, or choose an answer below. A short no is better than silence."),
    S.QUESTION: _("Your words are on this person’s phone. The answer comes to you by e-mail, with a link to go on."),
    S.INTERESTED: _(
        "This person knows that you are interested. Now propose an interview, ask what you want to know, or make an "
        "offer of work. No number is needed: what you write here is read on a phone."
    ),
    S.INTERVIEW: _(
        "This person knows of the interview. Agree here on what is left to say; afterwards make an offer of work, or "
        "answer no with the reason."
    ),
    S.OFFER: _("Your offer of work was sent. The yes or no comes to you by e-mail; until then you can write here."),
    S.ACCEPTED: _(
        "The answer to your offer of work is yes. Agree here on the first day, and note it once the work has begun."
    ),
    S.STARTED: _("At work. We will ask you after 30, 90, 180 and 365 days how it is going."),
    S.REFUSED: _("Your no was passed on, and nothing more is expected of you. Thank you for answering."),
}
FOR_LEARNER: dict[str, Promise] = {
    S.FORWARDED: _("The employer has your profile. You can write here; the answer arrives here too."),
    S.SEEN: _("The employer has your words. The answer arrives here, and we tell you."),
    S.QUESTION: _("It is your turn: the employer waits for your answer."),
    S.INTERESTED: _("The employer is interested. Next comes a question, an interview or an offer of work."),
    S.INTERVIEW: _("The employer wants to talk with you. Ask here if something is not clear."),
    S.OFFER: _("Read the offer of work and ask here if something is not clear. Then say yes or no."),
    S.ACCEPTED: _("You said yes. Agree here with the employer on your first day."),
    S.STARTED: _("You are at work. You can still write here."),
}


def for_employer(state: str) -> Promise | str:
    return FOR_EMPLOYER.get(state, "")


def for_learner(state: str) -> Promise | str:
    return FOR_LEARNER.get(state, "")
