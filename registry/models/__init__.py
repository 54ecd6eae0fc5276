"""The register: its years and numbers, what is entered, how it is answered, the trail, and the public form."""

from registry.models.audit import AuditEvent, AuditHead
from registry.models.cabinet import Audience, AudienceSlot, CabinetFile
from registry.models.desk import Absence, DeskMember, Reminder, SavedView, TermsToken
from registry.models.entries import Attachment, Completion, RegistryEntry
from registry.models.intake import Attempt, QueuedSubmission
from registry.models.kinds import DeadlineRule, EntryKind
from registry.models.office import AnswerTemplate, FileClass, Institution
from registry.models.pages import PetitionPage, TrackingPage
from registry.models.registers import Register, RegisterYear
from registry.models.reports import Report, Selection
from registry.models.work import Contribution, CourtMail, Draft, Letter, PostingList

__all__ = [
    "Absence",
    "AnswerTemplate",
    "Attachment",
    "Attempt",
    "Audience",
    "AudienceSlot",
    "AuditEvent",
    "AuditHead",
    "CabinetFile",
    "Completion",
    "Contribution",
    "CourtMail",
    "DeadlineRule",
    "DeskMember",
    "Draft",
    "EntryKind",
    "FileClass",
    "Institution",
    "Letter",
    "PetitionPage",
    "PostingList",
    "QueuedSubmission",
    "Register",
    "RegisterYear",
    "RegistryEntry",
    "Reminder",
    "Report",
    "SavedView",
    "Selection",
    "TermsToken",
    "TrackingPage",
]
