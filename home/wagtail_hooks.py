"""Registration of what the top of the tree adds to the admin."""

from __future__ import annotations

from wagtail import hooks

from cms.desk import register_desk_list
from home.editors_desk import lay_desk, leave_out_sums
from home.links import report

hooks.register("register_admin_urls", report.report_addresses)
hooks.register("register_reports_menu_item", report.menu_item)

register_desk_list("broken-links", report.broken_links, order=120)
hooks.register("construct_homepage_panels", lay_desk, order=100)
hooks.register("construct_homepage_summary_items", leave_out_sums, order=1000)
