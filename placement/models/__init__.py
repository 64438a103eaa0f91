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
from placement.models.referrals import Consent, MatchedCertificate, Outcome, OutcomeAnswer, Referral, ReferralEvent
from placement.models.reviews import PayFloor, Review
from placement.models.terms import AgreedTerms

__all__ = [
    "AgreedTerms",
    "CandidateLanguage",
    "CandidateProfile",
    "CandidateToken",
    "Consent",
    "Employer",
    "EmployerContact",
    "MatchedCertificate",
    "Opportunity",
    "OpportunityLanguage",
    "OpportunitySkill",
    "Outcome",
    "OutcomeAnswer",
    "PayFloor",
    "PersonRead",
    "ProfileView",
    "Referral",
    "ReferralEvent",
    "Review",
    "Shortlisted",
]
