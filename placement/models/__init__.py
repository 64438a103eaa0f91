"""Employers, what they offer, what candidates agree to show, and every step of putting the two in touch."""

from placement.models.candidates import (
    CandidateLanguage,
    CandidateProfile,
    PersonRead,
    ProfileView,
    Shortlisted,
)
from placement.models.employers import Employer, EmployerContact, Opportunity, OpportunityLanguage, OpportunitySkill
from placement.models.referrals import Consent, Outcome, OutcomeAnswer, Referral, ReferralEvent
from placement.models.reviews import PayFloor, Review
from placement.models.search_index import SearchEntry, SearchToken
from placement.models.terms import AgreedTerms

__all__ = [
    "AgreedTerms",
    "CandidateLanguage",
    "CandidateProfile",
    "Consent",
    "Employer",
    "EmployerContact",
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
    "SearchEntry",
    "SearchToken",
    "Shortlisted",
]
