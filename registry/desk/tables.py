"""What the tables of the register's settings share."""

from __future__ import annotations

from wagtail.admin.viewsets.model import ModelViewSet

from registry.desk.deletions import KeptDeleteView


class DeskTableViewSet(ModelViewSet):
    """A table of the register's settings; Wagtail's history tells who changed what."""

    delete_view_class = KeptDeleteView
    add_to_reference_index = False
    inspect_view_enabled = True
    copy_view_enabled = False
