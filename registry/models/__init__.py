"""The register: its years and numbers, what is entered, the trail of who did what, and the public form."""

from registry.models.audit import AuditEvent, AuditHead
from registry.models.desk import DeskMember
from registry.models.entries import Attachment, Completion, RegistryEntry
from registry.models.intake import Attempt, QueuedSubmission
from registry.models.kinds import DeadlineRule, EntryKind
from registry.models.pages import PetitionPage, TrackingPage
from registry.models.registers import Register, RegisterYear

__all__ = [
    "Attachment",
    "Attempt",
    "AuditEvent",
    "AuditHead",
    "Completion",
    "DeadlineRule",
    "DeskMember",
    "EntryKind",
    "PetitionPage",
    "QueuedSubmission",
    "Register",
    "RegisterYear",
    "RegistryEntry",
    "TrackingPage",
]
