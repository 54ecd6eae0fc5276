"""Telephone numbers as people write them in Romania, and as machines need them.

The text of an editor ("0264 596 030 / 5001; 5000") is split into a base number and its extensions *before* the
phonenumbers library sees it: given the whole, the library glues the extension's digits to the number. The library
then validates the base number and groups its digits.

Pure: no database, no request. Texts are translated when they are shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import phonenumbers
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from phonenumbers import PhoneNumberFormat, ValidationResult

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REGION: Final = "RO"
"""The country (ISO 3166-1) whose national numbers are written without a country code."""

_MAX_TEXT: Final = 200
_MAX_SHOWN: Final = 40
# A longer group after a bare separator is more likely a second number without its area code (Romanian subscriber
# numbers have six or seven digits) than an extension; "int." in front of it settles the doubt.
_MAX_UNMARKED_EXTENSION: Final = 5
_MAX_EXTENSION: Final = 8
_MAX_EXTENSIONS: Final = 20
_SHORTEST_BASE: Final = 7

_E164 = re.compile(r"\+[1-9][0-9]{3,14}")
_SHORT = re.compile(r"[1-9][0-9]{2,5}")
_EXTENSION = re.compile(rf"[0-9]{{1,{_MAX_EXTENSION}}}")
_BASE = re.compile(r"\(?\+?[0-9 ().\-/]*")
_LETTER = r"[^\W\d_]"
_PREFIX = re.compile(
    rf"(?:mobiltelefon|telefonszám|telefon|tel|phone|mobile|mobil|cell)(?!{_LETTER})[\s.:]*",
    re.IGNORECASE,
)
_MARKER = re.compile(
    rf"(?<!{_LETTER})(?:"
    r"(?:interioare|interiorul|interior|int|extensions|extension|extn|exts|ext|mellékek|mellék|mellek|mell|x)"
    rf"(?!{_LETTER})[\s.:=]*|\#)",
    re.IGNORECASE,
)
_LIST = re.compile(
    rf"[;,/&]|(?<!{_LETTER})(?:și|\u015fi|si|sau|and|or|és|vagy)(?!{_LETTER})", re.IGNORECASE
)
_EDGES = " ,;/.:-("


class PhoneError(ValueError):
    """A text that is not a telephone number, with a message for the person who typed it.

    Args:
        code: What is wrong: ``empty``, ``text_too_long``, ``letters``, ``too_short``, ``too_long``, ``country``,
            ``invalid``, ``extension``, ``long_extension``, ``no_extension``, ``several_numbers``, ``ambiguous``,
            ``malformed``.
        params: What the message names; ``number`` is the typed text, shortened and without control characters.

    ``ValidationError(error.message, error.code, error.params)`` carries it to a form field; ``str(error)`` is the
    whole sentence in the active language.
    """

    MESSAGES: Final[dict[str, _StrPromise]] = {
        "empty": _("Write a telephone number, for example 0264 596 030."),
        "text_too_long": _(
            "This is too long for a telephone number: write one number, for example 0264 596 030."
        ),
        "letters": _(
            "“%(number)s” has characters that a telephone number cannot have. "
            "Write digits only, for example 0264 596 030 / 5001."
        ),
        "too_short": _(
            "“%(number)s” is too short. Write the number with its area code, for example 0264 596 030, "
            "and the extension after a slash: 0264 596 030 / 5001."
        ),
        "too_long": _(
            "“%(number)s” has too many digits. Separate the extension with a slash, for example 0264 596 030 / 5001."
        ),
        "country": _(
            "“%(number)s” does not begin with the code of a country. "
            "Write +40 for Romania, for example +40 264 596 030."
        ),
        "invalid": _(
            "“%(number)s” is not a number in use. Check its digits and its area code, for example 0264 596 030."
        ),
        "extension": _(
            "“%(extension)s” is not an extension. Write extensions as digits without spaces, "
            "separated by semicolons, for example 0264 596 030 / 5001; 5000."
        ),
        "several_numbers": _(
            "“%(number)s” holds more than one number. Write each number in a row of its own."
        ),
        "long_extension": _(
            "“%(extension)s” is long for an extension. If it is one, put “int.” in front of it; "
            "if it is another number, write it in a row of its own, with its area code."
        ),
        "no_extension": _(
            "“%(number)s” ends where the extension should stand. Write it, for example 0264 596 030 / 5001."
        ),
        "ambiguous": _(
            "“%(number)s” may be two neighbouring numbers or a number with an extension. Write each number in a row "
            "of its own, or put “int.” in front of the extension: 0264 596 030 int. 5001."
        ),
        "malformed": _("“%(number)s” is not in the international form, for example +40264596030."),
    }

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params = params
        self.message: _StrPromise = self.MESSAGES[code]
        super().__init__(code, params)

    def __str__(self) -> str:
        return str(self.message) % self.params


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A telephone number with the extensions that are dialled after it.

    Args:
        e164: The number in international form (ITU-T E.164), ``+40264596030``; a short number that only exists inside
            its country (112) has no such form and stands as its bare digits.
        extensions: Digits of each extension, in the editor's order; leading zeros count.

    Raises:
        PhoneError: ``malformed`` or ``extension``. Digits are all that can be inside, so every link and export
            that is made from a number is safe by construction.
    """

    e164: str
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (_E164.fullmatch(self.e164) or _SHORT.fullmatch(self.e164)):
            raise PhoneError("malformed", number=_shown(self.e164))
        # A JSON column gives a list; equality and hashing need a tuple.
        object.__setattr__(self, "extensions", tuple(self.extensions))
        for extension in self.extensions:
            _check_extension(extension)

    @property
    def is_short(self) -> bool:
        """Whether this is a short number of its country, such as 112."""
        return not self.e164.startswith("+")


def parse_phone(text: str, region: str = REGION) -> PhoneNumber:
    """Read a telephone number from what somebody typed.

    Understood: spaces, dots, dashes, brackets and slashes inside the number; ``+40``, ``0040`` and ``0`` in front;
    a leading "tel:" or "telefon"; extensions after a slash, a semicolon, a comma, "int.", "interior", "ext.", "x",
    "mellék", "#" or ``;ext=``, several of them separated by comma, semicolon, slash or "și". A slash belongs to the
    number when the digits around it together make a valid number ("0264/596030"), else it begins the extensions.

    Args:
        text: One number; anything may stand in it.
        region: ISO 3166-1 code of the country whose national numbers need no country code.

    Raises:
        PhoneError: Nothing is guessed: what may mean two things is an error that says how to write it.
    """
    if len(text) > _MAX_TEXT:
        raise PhoneError("text_too_long")
    cleaned = _normalise(text)
    if not cleaned:
        raise PhoneError("empty")
    shown = _shown(cleaned)

    head, *marked = _MARKER.split(cleaned)
    base, *listed = re.split(r"[;,]", head.strip(" ,;/"))
    base, slashed = _split_at_slash(base.rstrip(_EDGES), region, shown)
    e164 = _read_base(base, region, shown)

    extensions: list[str] = []
    for chunk in (*slashed, *listed):
        extensions += _read_extensions(chunk, _MAX_UNMARKED_EXTENSION, region, shown)
    for chunk in marked:
        found = _read_extensions(chunk, _MAX_EXTENSION, region, shown)
        if not found:
            raise PhoneError("no_extension", number=shown)
        extensions += found
    if len(extensions) > _MAX_EXTENSIONS:
        raise PhoneError("text_too_long")
    return PhoneNumber(e164, tuple(dict.fromkeys(extensions)))


def national(number: PhoneNumber, region: str = REGION) -> str:
    """The number as its own country writes it, without extensions.

    Args:
        number: What to write.
        region: The reader's country: its numbers stand in national form ("0264 596 030", "021 312 3456",
            "0745 123 456"), all others in international form ("+36 1 234 5678"). Short numbers stay as they are.
    """
    return _national(number.e164, region)


def display(number: PhoneNumber, region: str = REGION) -> str:
    """The number with its extensions for a reader, in the active language: "0264 596 030, int. 5001, 5000"."""
    base = national(number, region)
    if not number.extensions:
        return base
    return pgettext("telephone number", "%(number)s, ext. %(extensions)s") % {
        "number": base,
        "extensions": ", ".join(number.extensions),
    }


def tel_href(number: PhoneNumber, extension: str | None = None) -> str:
    """The address of a link that dials the number, and the extension after a pause.

    The extension follows a comma, ``tel:+40264596030,5001``, not RFC 3966's ``;ext=5001``: the comma is what the
    dialers of Android and iOS take for a pause of about two seconds, after which they send the extension by
    themselves. Android does not know ``;ext=``: it takes the letters for keypad digits and offers to send those
    too; iOS shows a button that the caller has to find during the call. RFC 3966 has no comma in its grammar, but as a
    URI (RFC 3986) it is valid, and programs that do not know it still dial the base number first.

    Args:
        number: The number to dial.
        extension: Digits to dial after it; ``None`` dials the base number alone, whatever extensions it has.

    Raises:
        PhoneError: ``extension``, when it is not made of one to eight digits.
    """
    if extension is None:
        return f"tel:{number.e164}"
    _check_extension(extension)
    return f"tel:{number.e164},{extension}"


def canonical(number: PhoneNumber, region: str = REGION) -> str:
    """The one text in which a number is stored for editing: "0264 596 030 / 5001; 5000".

    ``parse_phone(canonical(x), region) == x`` for every valid number. Where a slash could be read in two ways
    (foreign and six-digit numbers, long extensions) the extensions follow "int." instead. Not translated.

    Args:
        number: What to write.
        region: The region that the text will be parsed with.
    """
    base = national(number, region)
    if not number.extensions:
        return base
    plain = (
        region == REGION
        and number.e164.startswith("+40")
        and len(number.e164) == len("+40264596030")
    )
    plain = plain and all(
        len(extension) <= _MAX_UNMARKED_EXTENSION for extension in number.extensions
    )
    return f"{base}{' / ' if plain else ' int. '}{'; '.join(number.extensions)}"


@lru_cache(maxsize=8192)
def _national(e164: str, region: str) -> str:
    """Cached, because a directory writes thousands of numbers and parsing one takes longer than a query."""
    if not e164.startswith("+"):
        return e164
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    same_country = phonenumbers.region_code_for_number(parsed) == region
    form = PhoneNumberFormat.NATIONAL if same_country else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def _normalise(text: str) -> str:
    """Plain spaces, ASCII digits and dashes; no invisible marks; no "tel:" in front."""
    letters: list[str] = []
    for character in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(character)
        if category == "Nd":
            letters.append(str(unicodedata.digit(character)))
        elif category == "Pd" or character == "−":
            letters.append("-")
        elif character in "⁄∕":
            letters.append("/")
        elif category != "Cf":
            letters.append(character)
    cleaned = " ".join("".join(letters).split())
    return _PREFIX.sub("", cleaned, count=1) if _PREFIX.match(cleaned) else cleaned


def _shown(text: str) -> str:
    """The typed text as a message may repeat it."""
    printable = "".join(c if c.isprintable() else " " for c in text).strip()
    return printable if len(printable) <= _MAX_SHOWN else f"{printable[:_MAX_SHOWN]}…"


def _check_extension(extension: str) -> None:
    if not _EXTENSION.fullmatch(extension):
        raise PhoneError("extension", extension=_shown(extension))


def _dialled(text: str) -> str:
    """The digits of a base number, with the plus of a country code."""
    digits = re.sub(r"[^0-9]", "", text)
    if text.lstrip(" (").startswith("+"):
        return f"+{digits}"
    return digits


def _valid_base(text: str, region: str) -> str | None:
    """The E.164 form (or the bare digits of a short number) if the text is a whole valid number."""
    if not _BASE.fullmatch(text):
        return None
    dialled = _dialled(text)
    if not dialled.strip("+"):
        return None
    try:
        parsed = phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(parsed):
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if _SHORT.fullmatch(dialled) and phonenumbers.is_valid_short_number_for_region(parsed, region):
        return dialled
    return None


def _split_at_slash(base: str, region: str, shown: str) -> tuple[str, list[str]]:
    """Cut the extensions off at the slash that ends the longest valid number, if there is one."""
    parts = base.split("/")
    if len(parts) == 1 or _valid_base(base, region):
        return base, []
    for end in range(len(parts) - 1, 0, -1):
        number = "/".join(parts[:end])
        if _valid_base(number, region):
            if _names_a_neighbour(number, parts[end]):
                raise PhoneError("ambiguous", number=shown)
            return number, parts[end:]
    # Nothing valid: report on the part that was meant as the number.
    if len(re.sub(r"[^0-9]", "", parts[0])) >= _SHORTEST_BASE:
        return parts[0], parts[1:]
    return base, []


def _names_a_neighbour(number: str, after_slash: str) -> bool:
    """Whether "030/031" is the habit of naming two lines of one switchboard by their last digits."""
    if number.endswith(" ") or not re.fullmatch(r"[0-9]{2,3}", after_slash):
        return False
    last = re.sub(r"[^0-9]", "", number)[-len(after_slash) :]
    return abs(int(after_slash) - int(last)) <= 10


def _read_base(base: str, region: str, shown: str) -> str:
    e164 = _valid_base(base, region)
    if e164 is not None:
        return e164
    if not _BASE.fullmatch(base):
        raise PhoneError("letters", number=shown)
    dialled = _dialled(base)
    if len(dialled.strip("+")) < _SHORTEST_BASE:
        raise PhoneError("too_short", number=shown)
    try:
        parsed = phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException as error:
        codes = {
            phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: "country",
            phonenumbers.NumberParseException.TOO_LONG: "too_long",
        }
        raise PhoneError(codes.get(error.error_type, "too_short"), number=shown) from None
    reasons = {
        ValidationResult.TOO_SHORT: "too_short",
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
        ValidationResult.TOO_LONG: "too_long",
    }
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    raise PhoneError(reasons.get(reason, "invalid"), number=shown)


def _read_extensions(chunk: str, longest: int, region: str, shown: str) -> list[str]:
    return list(_extensions(_LIST.split(chunk), longest, region, shown))


def _extensions(pieces: Iterable[str], longest: int, region: str, shown: str) -> Iterable[str]:
    for piece in pieces:
        bare = piece.strip(" .:()-")
        if not bare:
            continue
        if not _EXTENSION.fullmatch(bare):
            if _valid_base(bare, region):
                raise PhoneError("several_numbers", number=shown)
            raise PhoneError("extension", extension=_shown(bare))
        if len(bare) > longest:
            raise PhoneError("long_extension", extension=_shown(bare))
        yield bare
