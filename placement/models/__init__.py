"""Employers, what they offer, what candidates agree to show, and every step of putting the two in touch."""

from placement.models.candidates import (
    CandidateLanguage,
    CandidateProfile,
    PersonRead,
    ProfileView,
    Shortlisted,
)
from placement.models.cases import Case, CaseEntry
from placement.models.checks import EmployerCheck
from placement.models.code_names import CodeName
from placement.models.countries import PlacementCountry
from placement.models.employers import Employer, EmployerContact, Opportunity, OpportunityLanguage, OpportunitySkill
from placement.models.interviews import Interview, InterviewSlot
from placement.models.invitations import Invitation
from placement.models.missions import Mission, MissionLine, MissionSeat
from placement.models.notes import PersonNote
from placement.models.offers import Offer
from placement.models.referrals import Consent, Outcome, OutcomeAnswer, Referral, ReferralEvent
from placement.models.reviews import PayFloor, Review
from placement.models.saved_searches import SavedSearch
from placement.models.search_index import SearchEntry, SearchToken
from placement.models.sights import Objection, Sight
from placement.models.terms import AgreedTerms
from placement.models.threads import ThreadMessage

__all__ = [
    "AgreedTerms",
    "CandidateLanguage",
    "CandidateProfile",
    "Case",
    "CaseEntry",
    "CodeName",
    "Consent",
    "Employer",
    "EmployerCheck",
    "EmployerContact",
    "Interview",
    "Invitation",
    "InterviewSlot",
    "Mission",
    "MissionLine",
    "MissionSeat",
    "Objection",
    "Offer",
    "Opportunity",
    "OpportunityLanguage",
    "OpportunitySkill",
    "Outcome",
    "OutcomeAnswer",
    "PayFloor",
    "PersonNote",
    "PersonRead",
    "PlacementCountry",
    "ProfileView",
    "Referral",
    "ReferralEvent",
    "Review",
    "SavedSearch",
    "SearchEntry",
    "SearchToken",
    "Shortlisted",
    "Sight",
    "ThreadMessage",
]
