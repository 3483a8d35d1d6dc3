"""The addresses of the pages."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from workshop.views import (
    doors,
    groups,
    login,
    minutes,
    organise,
    plain,
    plans,
    programme,
    questions,
    rooms,
    votes,
)

organising: list[URLPattern | URLResolver] = [
    path("", organise.days, name="organise"),
    path("days/", organise.new_day, name="new_day"),
    path("days/<slug:slug>/", organise.day, name="organise_day"),
    path("days/<slug:slug>/edit/", organise.edit_day, name="edit_day"),
    path("days/<slug:slug>/delete/", organise.delete_day, name="delete_day"),
    path("days/<slug:slug>/sessions/", organise.new_session, name="new_session"),
    path("sessions/<slug:slug>/", organise.session, name="organise_session"),
    path("sessions/<slug:slug>/edit/", organise.edit_session, name="edit_session"),
    path("sessions/<slug:slug>/duplicate/", organise.duplicate, name="duplicate_session"),
    path("sessions/<slug:slug>/delete/", organise.delete_session, name="delete_session"),
    path("sessions/<slug:slug>/erase/", organise.erase, name="erase"),
    path("sessions/<slug:slug>/doors/", organise.doors, name="session_doors"),
    path("sessions/<slug:slug>/votes/", plans.prepared, name="organise_votes"),
    path("sessions/<slug:slug>/votes/plans.json", plans.plans_file, name="plans_file"),
    path("sessions/<slug:slug>/votes/import/", plans.bring_in, name="import_plans"),
    path("sessions/<slug:slug>/votes/copy/", plans.copy, name="copy_plans"),
    path("sessions/<slug:slug>/poster/", organise.poster, name="poster"),
    path("sessions/<slug:slug>/groups/", groups.define, name="define_axis"),
    path("sessions/<slug:slug>/groups/<slug:id>/", groups.redefine, name="redefine_axis"),
    path("sessions/<slug:slug>/groups/<slug:id>/remove/", groups.remove, name="remove_axis"),
    path("sessions/<slug:slug>/links/<str:role>/", organise.give_link, name="give_link"),
    path("links/<int:pk>/renew/", organise.renew_link, name="renew_link"),
    path("links/<int:pk>/revoke/", organise.revoke_link, name="revoke_link"),
]

around_minutes: list[URLPattern | URLResolver] = [
    path("downloads/", minutes.downloads, name="minutes_downloads"),
    path("export.<str:format>", minutes.export, name="minutes_export"),
    path("final/", minutes.final, name="minutes_final"),
    path("final.md", minutes.final_file, name="minutes_final_file"),
    path("begin/", minutes.begin, name="minutes_begin"),
    path("import/", minutes.bring_in, name="minutes_import"),
    path("authors.json", minutes.authors, name="minutes_authors"),
    path("history/", minutes.history, name="minutes_history"),
    path("history/name/", minutes.name, name="minutes_name"),
    path("history/text/", minutes.text_at, name="minutes_text"),
    path("history/edits.json", minutes.edits, name="minutes_edits"),
    path("history/<int:edit>/restore/", minutes.restore, name="minutes_restore"),
]

around_votes: list[URLPattern | URLResolver] = [
    path("votes.xlsx", votes.workbook, name="votes_workbook"),
    path("<str:table>.csv", votes.table, name="votes_table"),
    path("<str:poll>/", votes.vote, name="vote"),
    path("<str:poll>/ballots.txt", votes.ballots, name="vote_ballots"),
    path("<str:poll>/codes.txt", votes.codes, name="vote_codes"),
    path("<str:poll>/vote.xlsx", votes.workbook, name="vote_workbook"),
    path("<str:poll>/<str:table>.csv", votes.table, name="vote_table"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", programme.home, name="home"),
    path("days/<slug:slug>/", programme.programme, name="programme"),
    path("join/", doors.join, name="join"),
    path("join/<str:code>/", doors.join, name="join_with_code"),
    path("enter/<str:token>/", doors.enter, name="enter"),
    path("rooms/<slug:slug>/", rooms.room, name="room"),
    path("rooms/<slug:slug>/console/", rooms.console, name="console"),
    path("rooms/<slug:slug>/minutes/", rooms.minutes, name="minutes"),
    path("rooms/<slug:slug>/minutes/", include(around_minutes)),
    path("rooms/<slug:slug>/votes/", include(around_votes)),
    path("rooms/<slug:slug>/questions.csv", questions.table, name="questions_table"),
    path("rooms/<slug:slug>/kiosk/", rooms.kiosk, name="kiosk"),
    path("rooms/<slug:slug>/screen/", rooms.screen, name="screen"),
    path("rooms/<slug:slug>/plain/", plain.plain, name="plain"),
    path("rooms/<slug:slug>/plain/minutes/", plain.minutes, name="plain_minutes"),
    path("rooms/<slug:slug>/leave/", doors.leave, name="leave"),
    path("organise/", include(organising)),
    path("login/", login.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    path("admin/", admin.site.urls),
]
