"""Employers, what they offer, what candidates agree to show, and every step of putting the two in touch."""

from placement.models.candidates import (
    CandidateLanguage,
    CandidateProfile,
    CandidateToken,
    PersonRead,
    ProfileView,
    Shortlisted,
)
from placement.models.employers import Employer, EmployerContact, Opportunity, OpportunityLanguage, OpportunitySkill
from placement.models.interviews import Interview, InterviewSlot
from placement.models.referrals import Consent, MatchedCertificate, Outcome, OutcomeAnswer, Referral, ReferralEvent
from placement.models.threads import ThreadMessage

__all__ = [
    "CandidateLanguage",
    "CandidateProfile",
    "CandidateToken",
    "Consent",
    "Employer",
    "EmployerContact",
    "Interview",
    "InterviewSlot",
    "MatchedCertificate",
    "Opportunity",
    "OpportunityLanguage",
    "OpportunitySkill",
    "Outcome",
    "OutcomeAnswer",
    "PersonRead",
    "ProfileView",
    "Referral",
    "ReferralEvent",
    "Shortlisted",
    "ThreadMessage",
]
