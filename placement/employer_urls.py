from django.urls import path

from lms.lib.moved import moved_to
from placement import (
    employer_views,
    interview_views,
    note_views,
    offer_views,
    opportunity_views,
    referral_views,
    saved_search_views,
    thread_views,
)

app_name = "placement"

urlpatterns = [
    path("", employer_views.home, name="home"),
    path("thanks/", employer_views.thanks, name="thanks"),
    path("search/", employer_views.search_people, name="search"),
    path("searches/", saved_search_views.index, name="saved_searches"),
    path("searches/new/", saved_search_views.save, name="save_search"),
    path("searches/<int:pk>/", saved_search_views.detail, name="saved_search"),
    path("searches/<int:pk>/delete/", saved_search_views.remove, name="delete_search"),
    path("people/", employer_views.find, name="find"),
    path("people/<slug:code_name>/", employer_views.profile, name="profile"),
    path("people/<slug:code_name>/introduce/", moved_to("placement:request_referral")),
    path("people/<slug:code_name>/request/", employer_views.request_referral, name="request_referral"),
    path("people/<slug:code_name>/shortlist/", employer_views.toggle_shortlist, name="toggle_shortlist"),
    path("people/<slug:code_name>/notes/", note_views.add, name="add_note"),
    path("people/<slug:code_name>/notes/<int:pk>/delete/", note_views.delete, name="delete_note"),
    path("shortlist/", employer_views.shortlist, name="shortlist"),
    path("shortlist.csv", employer_views.export_shortlist, name="export_shortlist"),
    path("opportunities/", opportunity_views.index, name="opportunities"),
    path("opportunities/new/", opportunity_views.edit, name="new_opportunity"),
    path("opportunities/<int:pk>/", opportunity_views.detail, name="opportunity"),
    path("opportunities/<int:pk>/edit/", opportunity_views.edit, name="edit_opportunity"),
    path("opportunities/<int:pk>/copy/", opportunity_views.copy, name="copy_opportunity"),
    path("opportunities/<int:pk>/state/", opportunity_views.change_state, name="opportunity_state"),
    path("referrals/", referral_views.index, name="referrals"),
    path("referrals/mails/", referral_views.email_frequency, name="email_frequency"),
    path("referrals/<int:pk>/", referral_views.detail, name="referral"),
    path("referrals/<int:pk>/answer/", referral_views.answer, name="answer"),
    path("referrals/<int:pk>/write/", thread_views.write_in_portal, name="write"),
    path("referrals/<int:pk>/interview/", interview_views.in_portal, name="interview"),
    path("referrals/<int:pk>/interview.ics", interview_views.employers_file, name="interview_file"),
    path("referrals/<int:pk>/offer/", offer_views.in_portal, name="offer"),
    path("referrals/<int:pk>/started/", referral_views.started, name="started"),
    path("referrals/<int:pk>/outcome/<int:outcome>/", referral_views.outcome, name="outcome"),
]
