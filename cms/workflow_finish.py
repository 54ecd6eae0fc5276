"""What the approval of a page ends in: the setting WAGTAIL_FINISH_WORKFLOW_ACTION. Wagtail loads it with its models."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def publish_workflow_state(workflow_state: Any, user: Any = None) -> None:
    """Publish what was approved, unless something stops it: `cms.publishing.PublishingRefused` takes all of it back.

    Every approval passes here, whatever button or program makes it, and a later step of a workflow is not asked sooner.
    """
    # Wagtail imports this module while its models are being defined, so nothing here may need them.
    publishing = import_module("cms.publishing")
    publishing.require_publishable(workflow_state.content_object)
    import_module("wagtail.workflows").publish_workflow_state(workflow_state, user=user)
