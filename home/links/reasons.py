"""Why a link is broken or in doubt, in the reader's language: kept as a code, told when somebody reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from home.links.models import CheckedLink

_REASONS: Final[dict[str, _StrPromise]] = {
    # On this site
    "unpublished": _("The page is not published."),
    "deleted": _("The page was deleted."),
    "no_document": _("The document was deleted."),
    # The address itself
    "bad_address": _("This is no address of the web."),
    "no_address": _("This is no address of the web."),
    "scheme": _("Only addresses of the web are checked."),
    "userinfo": _("It holds a user name or a password, and is not checked."),
    "port": _("It names a port that is not checked."),
    "not_public": _("It leads into a private network, and is not checked."),
    "numeric_host": _("The server's number is written in an unusual way; it is not checked."),
    "reserved": _("An example address, which is not checked."),
    # The way there
    "unknown_host": _("There is no server “%(host)s”."),
    "no_names": _("The server's name could not be looked up."),
    "no_connection": _("The server did not answer."),
    "too_slow": _("The server took too long."),
    "certificate": _("The server's certificate is not valid: browsers warn of it."),
    "downgrade": _("The server leads from https to http."),
    "redirects": _("The server leads on and on."),
    "redirect_nowhere": _("The server leads on without saying where to."),
    "bad_answer": _("The server's answer could not be read."),
}
_NOT_FOUND: Final = _("The page is not there (%(status)s).")
_SHUT: Final = _("The server does not show the page to a checking program (%(status)s).")
_BUSY: Final = _("The server was busy (%(status)s).")
_STATUS: Final = _("The server answered with an error (%(status)s).")


def reason(link: CheckedLink) -> str:
    """The sentence for what the last attempt said, "" where nothing is wrong."""
    if link.code != "status":
        known = _REASONS.get(link.code)
        return link.code if known is None else str(known) % {"host": link.host}
    words = {404: _NOT_FOUND, 410: _NOT_FOUND, 401: _SHUT, 403: _SHUT, 429: _BUSY, 503: _BUSY}
    return str(words.get(link.status or 0, _STATUS)) % {"status": link.status}
