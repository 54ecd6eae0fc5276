"""Django's SMTP backend, which in addition knows whether a broken conversation may have delivered the mail."""

from __future__ import annotations

import smtplib
from typing import Any, Final

from django.core.mail.backends import smtp

PATIENCE: Final = 6
"""How many times EMAIL_TIMEOUT to wait for the answer to the message itself.

The server stores and scans it before it answers; who hangs up meanwhile gets mails delivered of which nobody knows
(RFC 5321, 4.5.3.2.6, which recommends ten minutes).
"""


class Dialogue(smtplib.SMTP):
    """A conversation that remembers whether it came to the message itself."""

    handing_over = False

    def mail(self, sender: str, options: Any = ()) -> Any:
        """Begin a message (MAIL FROM)."""
        self.handing_over = False
        return super().mail(sender, options)

    def data(self, msg: Any) -> Any:
        """Hand the message over (DATA). Between this and its answer, only the server knows whether it has it."""
        self.handing_over = True
        sock, wait = self.sock, self.timeout
        if sock is not None and isinstance(wait, int | float):
            sock.settimeout(wait * PATIENCE)
            answer = super().data(msg)
            sock.settimeout(wait)
            return answer
        return super().data(msg)


class SecureDialogue(Dialogue, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class EmailBackend(smtp.EmailBackend):
    """SMTP with a memory of how far it came."""

    @property
    def connection_class(self) -> type[Dialogue]:
        """What Django opens."""
        return SecureDialogue if self.use_ssl else Dialogue

    @property
    def may_have_sent(self) -> bool:
        """After an error without an answer: whether the server may have taken the mail all the same."""
        return isinstance(self.connection, Dialogue) and self.connection.handing_over
