"""What a register starts with: one register, the kinds of documents, and the terms that the law gives them.

Data that a city changes in the admin; installed once, by a migration, and never overwritten. No legal advice: the
sources are named in each rule, and docs/terms.md says how they were read.
"""

from __future__ import annotations

from typing import Any, Final

from registry import default_rules
from registry.deadlines import TermKey, TermRule

REGISTER: Final = {
    "key": "general",
    "name": {"ro": "Registrul general", "en": "General register", "hu": "Általános iktató"},
}

AUDIENCE: Final = "audienta"
"""The kind of requests to be received (registry.audiences)."""

# (key, family, offered in the form, name, in one sentence)
KINDS: Final[tuple[tuple[str, str, bool, dict[str, str], dict[str, str]], ...]] = (
    (
        "cerere",
        "petition",
        True,
        {"ro": "Cerere", "en": "Request", "hu": "Kérelem"},
        {
            "ro": "Cereți ceva la care credeți că aveți dreptul",
            "en": "You ask for something you believe you are entitled to",
            "hu": "Olyasmit kér, amire úgy véli, joga van",
        },
    ),
    (
        "reclamatie",
        "petition",
        True,
        {"ro": "Reclamație", "en": "Complaint", "hu": "Panasz"},
        {
            "ro": "Ceva nu a fost făcut cum trebuia",
            "en": "Something was not done as it should have been",
            "hu": "Valamit nem úgy végeztek el, ahogy kellett volna",
        },
    ),
    (
        "sesizare",
        "petition",
        True,
        {"ro": "Sesizare", "en": "Notice", "hu": "Bejelentés"},
        {
            "ro": "Semnalați o problemă din oraș",
            "en": "You report a problem in the city",
            "hu": "Egy városi problémát jelez",
        },
    ),
    (
        "propunere",
        "petition",
        True,
        {"ro": "Propunere", "en": "Proposal", "hu": "Javaslat"},
        {
            "ro": "Aveți o idee pentru oraș",
            "en": "You have an idea for the city",
            "hu": "Ötlete van a város számára",
        },
    ),
    (
        "informatii-544",
        "foi",
        True,
        {
            "ro": "Informații de interes public",
            "en": "Public information",
            "hu": "Közérdekű információ",
        },
        {
            "ro": "Cereți un document sau o informație a primăriei (Legea 544/2001)",
            "en": "You ask for a document or information held by the city hall (Law 544/2001)",
            "hu": "A hivatal iratát vagy információját kéri (544/2001-es törvény)",
        },
    ),
    (
        "adunare-publica",
        "gathering",
        False,
        {
            "ro": "Declarație de adunare publică",
            "en": "Declaration of a public gathering",
            "hu": "Nyilvános gyűlés bejelentése",
        },
        {},
    ),
    (
        "instanta",
        "court",
        False,
        {"ro": "Act de procedură", "en": "Court mail", "hu": "Bírósági irat"},
        {},
    ),
    (
        "instanta-urgent",
        "court_urgent",
        False,
        {"ro": "Act de procedură urgent", "en": "Urgent court mail", "hu": "Sürgős bírósági irat"},
        {},
    ),
    (
        "corespondenta",
        "other",
        False,
        {"ro": "Altă corespondență", "en": "Other correspondence", "hu": "Egyéb levelezés"},
        {},
    ),
    (
        "avertizor",
        "other",
        False,
        {
            "ro": "Avertizare în interes public",
            "en": "Whistleblower's report",
            "hu": "Közérdekű bejelentő jelzése",
        },
        {},
    ),
    (
        AUDIENCE,
        "other",
        False,
        {
            "ro": "Cerere de audiență",
            "en": "Request for an audience",
            "hu": "Kihallgatási kérelem",
        },
        {},
    ),
)
CONFIDENTIAL: Final = frozenset({"avertizor"})

PARTNER_PROPOSAL: Final = "parteneriat"
"""A proposal is a petition (OG 27/2002, art. 2). Offered only by forms that name it: the call for partners' own."""

NAMES: Final[dict[str, dict[str, str]]] = {
    TermKey.DUE: {
        "ro": "Răspuns cel târziu",
        "en": "Answer at the latest",
        "hu": "Válasz legkésőbb",
    },
    TermKey.INTERNAL_DUE: {
        "ro": "Ultima zi lucrătoare până la termen",
        "en": "Last working day up to the term",
        "hu": "Az utolsó munkanap a határidőig",
    },
    TermKey.DISPATCH_TARGET: {
        "ro": "Ținta de expediere",
        "en": "Dispatch target",
        "hu": "A kiküldés célnapja",
    },
    TermKey.LEGAL_LIMIT: {"ro": "Limita în lege", "en": "Limit in law", "hu": "Törvényi határ"},
    TermKey.REDIRECT_BY: {
        "ro": "Redirecționare cel târziu",
        "en": "Redirection at the latest",
        "hu": "Áttétel legkésőbb",
    },
    TermKey.REDIRECT_LIMIT: {
        "ro": "Limita redirecționării",
        "en": "Limit of the redirection",
        "hu": "Az áttétel határa",
    },
    TermKey.EXTENDED_DUE: {
        "ro": "Răspuns la o cerere complexă",
        "en": "Answer to a complex request",
        "hu": "Válasz összetett kérelemre",
    },
    TermKey.REFUSAL_BY: {
        "ro": "Refuz cel târziu",
        "en": "Refusal at the latest",
        "hu": "Elutasítás legkésőbb",
    },
    TermKey.COLLECT_BY: {
        "ro": "Ridicare cel târziu",
        "en": "Collection at the latest",
        "hu": "Átvétel legkésőbb",
    },
    TermKey.HAND_IN_BY: {
        "ro": "Depunere cel târziu",
        "en": "Handing in at the latest",
        "hu": "Benyújtás legkésőbb",
    },
}
HOUSE_RULE: Final = "Regulă internă"

RULES: Final[dict[str, tuple[TermRule, ...]]] = {
    "petition": default_rules.PETITION,
    "foi": default_rules.FOI,
    "court": default_rules.COURT,
    "court_urgent": default_rules.COURT_URGENT,
    "gathering": default_rules.GATHERING,
}


def install_partner_proposal(kind_model: Any) -> None:
    """Create the kind of what is proposed to become a partner, where it is missing. `kind_model`: as for `install`."""
    kind_model.objects.get_or_create(
        key=PARTNER_PROPOSAL,
        defaults={
            "family": "petition",
            "is_public": False,
            "is_confidential": False,
            "name": {
                "ro": "Propunere de parteneriat",
                "en": "Proposal of a partnership",
                "hu": "Partnerségi javaslat",
            },
            "description": {
                "ro": "Propuneți primăriei un parteneriat",
                "en": "You propose a partnership to the city hall",
                "hu": "Partnerséget javasol a hivatalnak",
            },
            "sort_order": 45,
        },
    )


def install(register_model: Any, kind_model: Any, rule_model: Any) -> None:
    """Create what is missing; what is there stays as it is. The models are those of a migration, or the real ones."""
    register_model.objects.get_or_create(
        key=REGISTER["key"], defaults={"name": REGISTER["name"], "code": ""}
    )
    for order, (key, family, public, name, description) in enumerate(KINDS, start=1):
        kind_model.objects.get_or_create(
            key=key,
            defaults={
                "family": family,
                "is_public": public,
                "is_confidential": key in CONFIDENTIAL,
                "name": name,
                "description": description,
                "sort_order": order * 10,
            },
        )
    for family, rules in RULES.items():
        for order, rule in enumerate(rules, start=1):
            rule_model.objects.get_or_create(
                family=family,
                key=str(rule.key),
                defaults={
                    "name": NAMES[rule.key],
                    "days": rule.days,
                    "counting": rule.counting.value,
                    "roll": rule.roll.value,
                    "after": str(rule.after),
                    "legal_basis": rule.legal_basis or HOUSE_RULE,
                    "sort_order": order * 10,
                },
            )
