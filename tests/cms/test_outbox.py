"""Mail that is sent once: it commits with what it is about, survives a dead mail server, and has one sender."""

from __future__ import annotations

import os
import signal
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail as django_mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import InterfaceError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms import mail_backend, outbox
from cms.mail_transport import Attempt, Outcome
from cms.management.commands import deliver_outbox
from cms.models import MailState, OutboxMail
from cms.outbox import DeliveryReport, deliver_due, enqueue, send_again
from cms.retries import MAX_ATTEMPTS, retry_delay
from config.settings import environment
from tests.factories import make_user

RECEIPT: dict[str, Any] = {
    "to": "ana@example.org",
    "subject": "Numărul petiției",
    "body": "Bună ziua.\n",
    "purpose": "petition.receipt",
}


def queue(**values: Any) -> OutboxMail:
    """A mail that was committed."""
    with transaction.atomic():
        return enqueue(**{**RECEIPT, **values})


def state(mail: OutboxMail) -> tuple[str, int]:
    mail.refresh_from_db()
    return mail.status, mail.attempts


def counts(report: DeliveryReport) -> tuple[int, int, int, int]:
    return report.sent, report.failed, report.waiting, report.uncertain


# -- a mail server ---------------------------------------------------------------------------------------------------


@dataclass
class Post:
    """A mail server in a thread: keeps what it accepted; `answers` replaces its answer to a command, None for silence.

    "GREETING" is the answer to a new connection, "." the one to the message itself.
    """

    port: int = 0
    answers: dict[str, str | None] = field(default_factory=dict)
    accepted: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def letters(self) -> list[Any]:
        return [message_from_bytes(letter) for letter in self.accepted]


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs."""

    server: Any

    def say(self, command: str, usual: str) -> bool:
        answer = self.server.post.answers.get(command, usual)
        if answer is None:
            self.server.post.closing.wait(60)
            return False
        if answer == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return True

    def handle(self) -> None:
        going_on = self.say("GREETING", "220 post.example.org")
        while going_on and (line := self.rfile.readline()):
            command = line.split(b":")[0].split()[0].decode().upper()
            if command != "DATA":
                going_on = self.say(command, "250 fine") and command != "QUIT"
                continue
            going_on = self.say("DATA", "354 go on")
            if "DATA" in self.server.post.answers:
                continue
            lines: list[bytes] = []
            while going_on and (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            if going_on and "." not in self.server.post.answers:
                self.server.post.accepted.append(b"".join(lines))
            going_on = going_on and self.say(".", "250 taken")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    post: Post


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """A mail server that works, and settings that lead to it."""
    with Server(("127.0.0.1", 0), Conversation) as server:
        server.post = Post(server.server_address[1])
        settings.EMAIL_BACKEND = "cms.mail_backend.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.post.port
        settings.EMAIL_TIMEOUT = 60
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.post
        server.post.closing.set()
        server.shutdown()


# -- writing ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_mail_exists_exactly_when_what_it_is_about_does() -> None:
    with pytest.raises(RuntimeError):
        enqueue(**RECEIPT)
    with transaction.atomic():
        enqueue(**RECEIPT)
        transaction.set_rollback(True)
    assert counts(deliver_due()) == (0, 0, 0, 0)
    with transaction.atomic():
        enqueue(**RECEIPT)
        assert django_mail.outbox == []
    assert counts(deliver_due()) == (1, 0, 0, 0)
    assert [message.to for message in django_mail.outbox] == [["ana@example.org"]]
    # The sender refuses to hold anybody's transaction open while a mail server thinks.
    queue()
    with transaction.atomic(), pytest.raises(RuntimeError):
        deliver_due()


@pytest.mark.django_db
def test_the_same_key_gives_the_first_mail() -> None:
    first = queue(key="petition.receipt:17")
    again = queue(key="petition.receipt:17", subject="Altceva")
    assert (again.pk, again.subject, again.message_id) == (
        first.pk,
        first.subject,
        first.message_id,
    )
    assert queue(key="petition.receipt:18").pk != first.pk
    # Without a key each is its own.
    assert queue().pk != queue().pk
    assert counts(deliver_due()) == (4, 0, 0, 0)


@pytest.mark.django_db
def test_what_is_left_out_is_checked_and_not_written() -> None:
    with outbox.left_out():
        assert queue(key="told").pk is None
        with pytest.raises(ValueError, match="one plain address"):
            queue(to="ana@example.org, ion@example.org")
    assert not OutboxMail.objects.exists()
    assert queue(key="told").pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"to": "ana@example.org\r\nBcc: all@example.org"},
        {"to": "ana@example.org\n"},
        {"to": "ana@example.org, ion@example.org"},
        {"to": "Ana <ana@example.org>"},
        {"to": "ana"},
        {"to": "root@localhost"},
        {"to": "ana@[127.0.0.1]"},
        {"to": "\u212ana@example.org"},  # the Kelvin sign, which ignores case as a k
        {"to": f"ana@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.org"},
        {"reply_to": "x@example.org\nBcc: all@example.org"},
        {"subject": "Numărul\r\nBcc: all@example.org"},
        {"subject": "Numărul\u2028Bcc: all@example.org"},
        {"subject": "Numărul\x0b"},
        {"subject": "a\x00b"},
        {"subject": "a\ud800b"},
        {"subject": " "},
        {"subject": "x" * 251},
        {"purpose": ""},
        {"key": "x" * 201},
        {"language": "de"},
    ],
)
def test_what_cannot_be_a_mail_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the address is told to nobody
        queue(**values)
    assert not OutboxMail.objects.exists()


@pytest.mark.django_db
def test_a_mail_says_what_it_is(post: Post, settings: Any) -> None:
    mail = queue(
        to="ana@primăria-exemplu.ro",
        body="Ți s-a răspuns\x00\ud800.\n.\nSfârșit\n" + "ș" * 2000,
        reply_to="cic@example.org",
        language="hu",
    )
    assert counts(deliver_due()) == (1, 0, 0, 0)
    (letter,) = post.letters
    assert letter["Message-ID"] == mail.message_id
    assert mail.message_id.endswith(f"@{settings.AGORA_UID_DOMAIN}>")
    assert letter["To"] == "ana@xn--primria-exemplu-9yb.ro"
    assert letter["From"] == settings.DEFAULT_FROM_EMAIL
    assert str(make_header(decode_header(letter["Subject"]))) == "Numărul petiției"
    assert letter["Reply-To"] == "cic@example.org"
    assert letter["Content-Language"] == "hu"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"]
    text = letter.get_payload(decode=True).decode().replace("\r\n", "\n")
    assert text.startswith("Ți s-a răspuns?.\n")
    assert "\nSfârșit\n" + "ș" * 2000 in text


@pytest.mark.django_db
def test_a_mail_waits_for_its_day(clock: Any) -> None:
    day = timezone.now() + timedelta(days=20)
    mail = queue(not_before=day)
    assert counts(deliver_due()) == (0, 0, 0, 0)
    clock.move_to(day)
    assert counts(deliver_due()) == (1, 0, 0, 0)
    (message,) = django_mail.outbox
    assert message.extra_headers["Date"] == "Sun, 13 Dec 2026 10:00:00 +0200"
    mail.refresh_from_db()
    assert (mail.status, mail.sent_at) == (MailState.SENT, day)


# -- a mail server that does not work --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_dead_server_delays_a_mail(post: Post, settings: Any, clock: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = unused.getsockname()[1]
        first, second = queue(), queue()
        report = deliver_due()
    # The second need not find out for itself.
    assert counts(report) == (0, 0, 1, 0)
    assert report.halted
    assert state(first) == (MailState.QUEUED, 1)
    assert state(second) == (MailState.QUEUED, 0)
    assert first.last_error == "ConnectionRefusedError"
    settings.EMAIL_PORT = post.port
    assert counts(deliver_due()) == (1, 0, 0, 0)
    clock.shift(timedelta(seconds=59))
    assert counts(deliver_due()) == (0, 0, 0, 0)
    clock.shift(timedelta(seconds=1))
    assert counts(deliver_due()) == (1, 0, 0, 0)
    assert state(first) == (MailState.SENT, 2)
    assert first.last_error == ""
    assert [letter["Message-ID"] for letter in post.letters] == [
        second.message_id,
        first.message_id,
    ]


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_was_sent_keeps_no_text(post: Post) -> None:
    sent, waiting = queue(body="Codul: K7QF-2M9X-4TRD-8WQJ"), queue(to="altcineva@example.org")
    deliver_due(limit=1)
    sent.refresh_from_db()
    waiting.refresh_from_db()
    assert (sent.status, sent.body) == ("sent", "")
    assert (waiting.status, waiting.body) == ("queued", RECEIPT["body"])
    assert "K7QF-2M9X-4TRD-8WQJ" in post.letters[0].get_payload(decode=True).decode()


@pytest.mark.django_db
@pytest.mark.parametrize("silent", ["GREETING", "EHLO", "MAIL", "RCPT"])
def test_a_server_that_says_nothing_delays_a_mail(
    post: Post, settings: Any, clock: Any, silent: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.1
    post.answers = {silent: None}
    mail = queue()
    assert counts(deliver_due()) == (0, 0, 1, 0)
    assert state(mail) == (MailState.QUEUED, 1)
    settings.EMAIL_TIMEOUT = 60
    post.answers = {}
    clock.shift(timedelta(minutes=1))
    assert counts(deliver_due()) == (1, 0, 0, 0)
    assert len(post.accepted) == 1


@pytest.mark.django_db(transaction=True)
def test_while_a_server_says_nothing_the_database_is_free(post: Post) -> None:
    """Registrations go on, and so does the outbox's writing."""
    post.answers = {"GREETING": None}
    queue()
    sender = threading.Thread(target=_deliver_in_thread, daemon=True)
    sender.start()
    while not OutboxMail.objects.filter(status=MailState.SENDING).exists():
        time.sleep(0.01)
    later = queue()
    OutboxMail.objects.filter(pk=later.pk).update(purpose="other")
    assert sender.is_alive()
    post.closing.set()
    sender.join()


@pytest.mark.django_db
@pytest.mark.parametrize("lost", ["hang up", None])
def test_an_answer_that_never_came_is_for_a_person(
    post: Post, clock: Any, monkeypatch: Any, lost: str | None
) -> None:
    if lost is None:
        # Of a minute, so that everything before it has all the time it needs.
        monkeypatch.setattr(mail_backend, "PATIENCE", 0.001)
    post.answers = {".": lost}
    mail = queue()
    report = deliver_due()
    assert counts(report) == (0, 0, 0, 1)
    assert report.halted
    assert state(mail) == (MailState.UNCERTAIN, 1)
    monkeypatch.undo()
    post.answers = {}
    clock.shift(timedelta(days=30))
    assert counts(deliver_due()) == (0, 0, 0, 0)
    # A person looked, and sends it again: by its Message-ID it is the same.
    assert send_again(mail)
    assert not send_again(mail)
    assert counts(deliver_due()) == (1, 0, 0, 0)
    assert [letter["Message-ID"] for letter in post.letters] == [mail.message_id]
    assert not send_again(mail)


@pytest.mark.django_db
def test_a_backend_that_knows_nothing_of_the_conversation_is_not_trusted(
    post: Post, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    post.answers = {".": "hang up"}
    mail = queue()
    assert counts(deliver_due()) == (0, 0, 0, 1)
    assert state(mail) == (MailState.UNCERTAIN, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "answer", "new_state", "error", "halted"),
    [
        ("RCPT", "550 5.1.1 <ana@example.org>: unknown", "failed", "550 5.1.1", False),
        (".", "554 5.7.1 spam", "failed", "SMTPDataError 554 5.7.1", False),
        ("RCPT", "450 4.2.0 greylisted", "queued", "450 4.2.0", False),
        (".", "452 4.3.1 disk full", "queued", "SMTPDataError 452 4.3.1", False),
        ("DATA", "451 not now", "queued", "SMTPDataError 451", False),
        # Our settings, or the whole server: nothing that this mail could help.
        ("MAIL", "550 5.7.1 you are nobody", "queued", "SMTPSenderRefused 550 5.7.1", True),
        ("RCPT", "530 5.7.0 log in first", "queued", "530 5.7.0", True),
        ("GREETING", "554 closed", "queued", "SMTPConnectError 554", True),
        ("RCPT", "421 4.7.0 too many", "queued", "421 4.7.0", True),
    ],
)
def test_an_answer_is_understood(
    post: Post, command: str, answer: str, new_state: str, error: str, halted: bool
) -> None:
    post.answers = {command: answer}
    first, second = queue(), queue()
    report = deliver_due()
    assert state(first)[0] == new_state
    assert error in first.last_error
    assert "@" not in first.last_error
    assert report.halted is halted
    # Of the others, each is tried in its turn.
    assert state(second)[1] == (0 if halted else 1)


@pytest.mark.django_db
def test_a_mail_is_given_up_after_all_attempts(clock: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        "cms.mail_transport.Carrier.carry",
        lambda self, message: Attempt(Outcome.LATER, "TimeoutError"),
    )
    mail, begun = queue(), timezone.now()
    delays = []
    while state(mail)[0] == MailState.QUEUED:
        clock.move_to(mail.next_attempt_at)
        before = timezone.now()
        deliver_due()
        mail.refresh_from_db()
        delays.append((mail.next_attempt_at - before) // timedelta(minutes=1))
    assert state(mail) == (MailState.FAILED, MAX_ATTEMPTS)
    assert delays[:11] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert timedelta(days=4, hours=12) < timezone.now() - begun < timedelta(days=5)
    assert counts(deliver_due()) == (0, 0, 0, 0)
    assert send_again(mail)
    assert state(mail) == (MailState.QUEUED, 0)


def test_delays_never_overflow() -> None:
    assert retry_delay(0) == retry_delay(1) == timedelta(minutes=1)
    assert retry_delay(MAX_ATTEMPTS - 1) == timedelta(hours=6)
    assert retry_delay(MAX_ATTEMPTS) is None
    assert retry_delay(10**9) is None


# -- one sender ------------------------------------------------------------------------------------------------------


def _deliver_in_thread() -> None:
    try:
        deliver_due()
    finally:
        connection.close()


def _together(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_several_senders_send_each_mail_once(post: Post) -> None:
    mails = [queue(subject=f"Mesajul {number}") for number in range(12)]
    _together(*[_deliver_in_thread] * 4)
    assert sorted(letter["Message-ID"] for letter in post.letters) == sorted(
        mail.message_id for mail in mails
    )
    assert set(OutboxMail.objects.values_list("status", "attempts")) == {(MailState.SENT, 1)}


@pytest.mark.django_db(transaction=True)
def test_a_key_written_twice_at_once_is_one_mail() -> None:
    found: list[int] = []

    def write() -> None:
        try:
            found.append(queue(key="petition.receipt:17").pk)
        finally:
            connection.close()

    _together(*[write] * 4)
    assert found == [found[0]] * 4
    assert OutboxMail.objects.count() == 1


@pytest.mark.django_db
def test_a_sender_that_died_leaves_its_mail_to_a_person(
    post: Post, clock: Any, monkeypatch: Any
) -> None:
    """Between the server's answer and our note of it there is a moment in which anything may stop us."""

    def die(*arguments: Any) -> None:
        raise SystemExit(9)

    mail, other = queue(), queue()
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_record", die)
        with pytest.raises(SystemExit):
            deliver_due()
    assert state(mail) == (MailState.SENDING, 1)
    assert counts(deliver_due()) == (1, 0, 0, 0)
    clock.shift(outbox.LEASE - timedelta(seconds=1))
    assert counts(deliver_due()) == (0, 0, 0, 0)
    clock.shift(timedelta(seconds=1))
    assert counts(deliver_due()) == (0, 0, 0, 1)
    assert state(mail) == (MailState.UNCERTAIN, 1)
    assert [letter["Message-ID"] for letter in post.letters] == [mail.message_id, other.message_id]


@pytest.mark.django_db
@pytest.mark.parametrize("resent", [False, True])
def test_a_sender_that_was_only_slow_may_still_report(clock: Any, resent: bool) -> None:
    mail = queue()
    slow = outbox._claim(timezone.now())
    assert slow is not None
    clock.shift(outbox.LEASE)
    assert counts(deliver_due()) == (0, 0, 0, 1)
    if resent:
        send_again(mail)
    outbox._record(slow, Attempt(Outcome.ACCEPTED), timezone.now())
    # Once somebody decided, the slow one has no say any more.
    assert state(mail)[0] == (MailState.QUEUED if resent else MailState.SENT)


@pytest.mark.django_db
def test_no_more_than_the_limit_is_sent(monkeypatch: Any) -> None:
    for _number in range(3):
        queue()
    assert counts(deliver_due(limit=2)) == (2, 0, 0, 0)
    assert counts(deliver_due(limit=2, now=datetime(2000, 1, 1, tzinfo=UTC))) == (0, 0, 0, 0)
    assert counts(deliver_due(limit=2)) == (1, 0, 0, 0)


@pytest.mark.django_db
def test_a_failing_database_stops_nobody(monkeypatch: Any) -> None:
    def fail(now: datetime) -> None:
        raise InterfaceError("gone")

    monkeypatch.setattr(outbox, "_claim", fail)
    assert deliver_due() == DeliveryReport(halted=True)


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_command_sends_what_is_due(capsys: Any) -> None:
    queue()
    call_command("deliver_outbox")
    assert "sent 1, failed 0" in capsys.readouterr().out
    assert len(django_mail.outbox) == 1


@pytest.mark.django_db
def test_command_goes_on_until_it_is_stopped(monkeypatch: Any) -> None:
    rounds = []

    def one_round(limit: int) -> DeliveryReport:
        rounds.append(limit)
        if len(rounds) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return DeliveryReport()

    monkeypatch.setattr(deliver_outbox, "deliver_due", one_round)
    monkeypatch.setattr(deliver_outbox, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(connection, "close", lambda: None)
    usual = signal.getsignal(signal.SIGTERM)
    call_command("deliver_outbox", "--loop", "--limit", "7", "--parent", str(os.getppid()))
    assert rounds == [7, 7, 7]
    assert signal.getsignal(signal.SIGTERM) == usual
    # Nobody sends for a server that is gone.
    call_command("deliver_outbox", "--loop", "--parent", str(os.getpid()))
    assert len(rounds) == 3


def test_command_looks_less_often_while_the_server_is_away() -> None:
    away, back = DeliveryReport(halted=True), DeliveryReport()
    pauses = [5.0]
    for report in [back, away, away, away, away, away, back]:
        pauses.append(deliver_outbox.next_pause(pauses[-1], report))
    assert pauses[1:] == [5, 10, 20, 40, 60, 60, 5]


# -- the admin -------------------------------------------------------------------------------------------------------


def _client(*permissions: str, superuser: bool = False) -> Client:
    user: Any = make_user("cineva", superuser=superuser)
    wanted = ["access_admin", *permissions]
    user.user_permissions.add(*Permission.objects.filter(codename__in=wanted))
    client = Client()
    client.force_login(user)
    return client


def _listed() -> dict[MailState, OutboxMail]:
    mails = {}
    for mail_state in MailState:
        mails[mail_state] = mail = queue(to=f"{mail_state}@example.org", body="Strict personal")
        OutboxMail.objects.filter(pk=mail.pk).update(status=mail_state)
    return mails


@pytest.mark.django_db
@pytest.mark.usefixtures("site_tree")
def test_mails_are_listed_without_their_bodies() -> None:
    mails = _listed()
    client = _client(superuser=True)
    assert reverse("outbox_report") in client.get(reverse("wagtailadmin_home")).content.decode()
    response = client.get(reverse("outbox_report"))
    html = response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert "Strict personal" not in html
    for mail_state, mail in mails.items():
        assert mail.to in html
        address = reverse("outbox_send_again", args=[mail.pk])
        assert (address in html) is mail_state.needs_a_person
    html = client.get(reverse("outbox_report_results"), {"status": "failed"}).content.decode()
    assert "failed@example.org" in html
    assert "sent@example.org" not in html


@pytest.mark.django_db
@pytest.mark.usefixtures("site_tree")
@pytest.mark.parametrize(
    ("permissions", "may_view", "may_send"),
    [
        ((), False, False),
        (("view_outboxmail",), True, False),
        (("view_outboxmail", "change_outboxmail"), True, True),
    ],
)
def test_mails_are_for_those_with_the_permission(
    permissions: tuple[str, ...], may_view: bool, may_send: bool
) -> None:
    mail = _listed()[MailState.FAILED]
    client = _client(*permissions)
    report, address = reverse("outbox_report"), reverse("outbox_send_again", args=[mail.pk])
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert (report in home) is may_view
    response = client.get(report)
    assert (response.status_code == 200) is may_view
    assert (address in response.content.decode()) is may_send
    assert client.get(address).status_code == 405
    client.post(address)
    assert state(mail)[0] == (MailState.QUEUED if may_send else MailState.FAILED)
    assert ModelLogEntry.objects.filter(action="cms.send_mail_again").count() == int(may_send)
    # A second click finds it decided.
    client.post(address)
    assert ModelLogEntry.objects.filter(action="cms.send_mail_again").count() == int(may_send)


# -- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://127.0.0.1", 25, False, False),
        ("smtp+tls://u:p%40@post.example.org", 587, True, False),
        ("smtp+tls://post.example.org:2525", 2525, True, False),
        ("smtp+ssl://post.example.org", 465, False, True),
        ("smtps://post.example.org:1465", 1465, False, True),
    ],
)
def test_mail_server_is_read_from_its_address(
    monkeypatch: Any, tmp_path: Path, url: str, port: int, tls: bool, ssl: bool
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    found = environment.email(tmp_path, "example.org")
    assert found["EMAIL_BACKEND"] == "cms.mail_backend.EmailBackend"
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, tls, ssl)
    # Without one a silent server would be waited for without end.
    assert found["EMAIL_TIMEOUT"] == 10
    assert found["DEFAULT_FROM_EMAIL"] == "no-reply@example.org"


def test_unknown_mail_server_stops_the_start(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("EMAIL_URL", "imap://post.example.org")
    with pytest.raises(ImproperlyConfigured):
        environment.email(tmp_path, "example.org")


@pytest.mark.django_db
def test_without_a_mail_server_mails_are_files(
    monkeypatch: Any, settings: Any, tmp_path: Path
) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    for name, value in environment.email(tmp_path, "example.org").items():
        setattr(settings, name, value)
    mail = queue()
    assert counts(deliver_due()) == (1, 0, 0, 0)
    (file,) = (tmp_path / "outbox").iterdir()
    assert mail.message_id in file.read_text()
    assert (tmp_path / "outbox").stat().st_mode & 0o077 == 0
