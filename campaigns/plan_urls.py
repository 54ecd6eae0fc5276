"""The address of the plan's calendar for staff, below /campaigns/."""

from django.urls import path

from campaigns.plan_calendar_view import plan_by_token

app_name = "plan"

urlpatterns = [
    # Everything below: a mistyped address must not end up as a page's, where it would be looked for and logged.
    path("plan/<path:token>", plan_by_token, name="calendar"),
]
