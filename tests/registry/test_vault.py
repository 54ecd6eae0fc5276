"""The vault keeps a file whole or not at all, under names nobody can guess, and sweeps only what nobody needs."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.files import vault
from registry.files.refusals import FileRefused, Reason

LIMIT = 1000


def store(content: bytes = b"content") -> vault.StoredFile:
    return vault.store_upload([content], LIMIT)


def files(private: Path) -> list[str]:
    return sorted(
        path.relative_to(private).as_posix() for path in private.rglob("*") if path.is_file()
    )


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def later(**passed: float) -> datetime:
    """So long after now by the clock of the file system, which no test can set."""
    with tempfile.TemporaryFile() as probe:
        now = os.fstat(probe.fileno()).st_ctime
    return datetime.fromtimestamp(now, UTC) + timedelta(**passed)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was synced, in order: the names of folders, and "file"."""
    done: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").resolve()
        done.append(path.name if path.is_dir() else "file")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return done


def test_an_upload_is_kept_as_it_came(private: Path) -> None:
    stored = vault.store_upload([b"con", b"", b"tent"], LIMIT)
    assert (stored.size, stored.sha256) == (7, hashlib.sha256(b"content").hexdigest())
    assert vault.upload_path(stored.name).read_bytes() == b"content"
    assert files(private) == [f"uploads/{stored.name}"]


def test_only_the_servers_account_can_read(private: Path) -> None:
    before = os.umask(0)
    try:
        stored = store()
        adopted = vault.adopt(stored.name)
    finally:
        os.umask(before)
    assert mode(private) == mode(private / "uploads") == mode(private / "attachments") == 0o700
    assert mode(vault.upload_path(stored.name)) == mode(vault.attachment_path(adopted)) == 0o600


def test_a_folder_that_others_could_read_is_closed(private: Path) -> None:
    (private / "uploads").mkdir(parents=True, mode=0o755)
    private.chmod(0o755)
    store()
    assert mode(private) == mode(private / "uploads") == 0o700


def test_it_does_not_lie_below_media(private: Path, settings) -> None:
    stored = store()
    media = Path(settings.MEDIA_ROOT).resolve()
    assert not vault.upload_path(stored.name).resolve().is_relative_to(media)


def test_names_say_nothing_and_never_repeat(private: Path) -> None:
    names = {store().name for _ in range(20)}
    assert len(names) == 20
    assert all(len(name) == 32 and int(name, 16) >= 0 for name in names)


def test_a_file_has_its_name_only_when_it_is_on_the_disk(private: Path, synced: list[str]) -> None:
    store()
    synced.clear()

    def chunks() -> Iterator[bytes]:
        yield b"half"
        assert [name for name in files(private) if name.endswith(".part")]
        assert synced == []
        yield b"whole"

    vault.store_upload(chunks(), LIMIT)
    assert synced == ["file", "uploads"]


def test_an_adoption_is_on_the_disk_before_a_row_can_name_it(
    private: Path, synced: list[str]
) -> None:
    stored = store()
    vault.adopt(stored.name)
    synced.clear()
    vault.adopt(stored.name)
    assert synced == ["attachments"]


def test_exactly_the_limit_is_kept_and_one_byte_more_is_not(private: Path) -> None:
    assert vault.store_upload([b"x" * LIMIT], LIMIT).size == LIMIT
    before = files(private)
    endless = iter(lambda: b"x" * 100, b"")
    with pytest.raises(FileRefused) as caught:
        vault.store_upload(endless, LIMIT)
    assert caught.value.reason is Reason.TOO_LARGE
    assert files(private) == before


class FullDisk:
    """A disk that is full when it is written to, synced, or given a new name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def fail(self, name: str, number: int = errno.ENOSPC) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number))

        self.monkeypatch.setattr(os, name, full)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_full_disk_is_said_and_nothing_is_left(
    private: Path, disk: FullDisk, call: str, number: int
) -> None:
    store()
    before = files(private)
    disk.fail(call, number)
    with pytest.raises(vault.VaultFull):
        store()
    assert files(private) == before


def test_another_error_of_the_disk_is_not_hidden(private: Path, disk: FullDisk) -> None:
    store()
    before = files(private)
    disk.fail("fsync", errno.EIO)
    with pytest.raises(OSError, match="Input/output") as caught:
        store()
    assert not isinstance(caught.value, vault.VaultFull)
    assert files(private) == before


def test_an_interrupted_upload_leaves_nothing(private: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        vault.store_upload(chunks(), LIMIT)
    assert files(private) == []


# -- adoption --------------------------------------------------------------------------------------------------------


def test_an_upload_can_be_adopted_again_when_the_sending_failed(private: Path) -> None:
    stored = store()
    first, second = vault.adopt(stored.name), vault.adopt(stored.name)
    assert len({stored.name, first, second}) == 3
    vault.discard_attachment(first)
    vault.discard_upload(stored.name)
    vault.discard_upload(stored.name)
    with vault.open_attachment(second) as file:
        assert file.read() == b"content"


def test_an_upload_that_is_gone_cannot_be_adopted(private: Path) -> None:
    stored = store()
    vault.discard_upload(stored.name)
    with pytest.raises(vault.UploadGone):
        vault.adopt(stored.name)
    assert files(private) == []


def test_a_file_system_without_hard_links_gets_a_copy(private: Path, disk: FullDisk) -> None:
    stored = store()
    disk.fail("link", errno.EPERM)
    adopted = vault.adopt(stored.name)
    assert vault.attachment_path(adopted).read_bytes() == b"content"
    assert mode(vault.attachment_path(adopted)) == 0o600


def test_a_full_disk_at_adoption_is_said(private: Path, disk: FullDisk) -> None:
    stored = store()
    disk.fail("link")
    with pytest.raises(vault.VaultFull):
        vault.adopt(stored.name)


def test_a_scan_becomes_an_attachment_at_once(private: Path) -> None:
    stored = vault.store_attachment([b"scan"], LIMIT)
    with vault.open_attachment(stored.name) as file:
        assert file.read() == b"scan"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "",
        ".",
        "a" * 31,
        "A" * 32,
        "a" * 32 + "\n",
        "a" * 32 + ".part",
        "/" * 32,
    ],
)
def test_names_of_others_are_refused(private: Path, name: str) -> None:
    for use in (
        vault.adopt,
        vault.open_attachment,
        vault.discard_upload,
        vault.discard_attachment,
        vault.upload_path,
    ):
        with pytest.raises(ValueError, match="vault"):
            use(name)


# -- sweeping --------------------------------------------------------------------------------------------------------


def test_nothing_young_is_swept(private: Path) -> None:
    vault.adopt(store().name)
    (private / "uploads" / "x.part").write_bytes(b"")
    before = files(private)
    assert vault.sweep([], later(hours=47)) == vault.SweepReport()
    assert files(private) == before


def test_what_nobody_needs_is_swept_after_two_days(private: Path) -> None:
    sent, unsent = store(), store()
    known, orphan = vault.adopt(sent.name), vault.adopt(sent.name)
    (private / "uploads" / "x.part").write_bytes(b"")
    (private / "attachments" / "y.part").write_bytes(b"")
    (private / "attachments" / "README").write_bytes(b"an administrator's note")
    assert vault.sweep([known], later(hours=49)) == vault.SweepReport(
        uploads=2, attachments=1, unfinished=2
    )
    assert files(private) == sorted(["attachments/README", f"attachments/{known}"])
    assert not vault.upload_path(unsent.name).exists()
    assert not vault.attachment_path(orphan).exists()


def test_known_names_can_be_asked_for(private: Path) -> None:
    known, orphan = (vault.store_attachment([b"x"], LIMIT).name for _ in range(2))
    asked: list[list[str]] = []

    def held(names: list[str]) -> list[str]:
        asked.append(names)
        return [name for name in names if name == known]

    assert vault.sweep(held, later(hours=47)).attachments == 0
    assert asked == []
    assert vault.sweep(held, later(hours=49)).attachments == 1
    assert asked == [sorted([known, orphan])]
    assert files(private) == [f"attachments/{known}"]


def test_the_age_of_an_attachment_counts_from_its_adoption(private: Path) -> None:
    """A link shares the upload's times: an old upload that is just being sent must not be swept under its row."""
    stored = store()
    old = later(hours=-47).timestamp()
    os.utime(vault.upload_path(stored.name), (old, old))
    adopted = vault.adopt(stored.name)
    assert vault.sweep([], later(hours=2)) == vault.SweepReport(uploads=1)
    assert files(private) == [f"attachments/{adopted}"]


def test_a_link_in_the_folder_leads_nowhere(private: Path, tmp_path: Path) -> None:
    store()
    target = tmp_path / "elsewhere"
    target.write_bytes(b"kept")
    (private / "uploads" / ("f" * 32)).symlink_to(target)
    vault.sweep([], later(hours=49))
    assert target.read_bytes() == b"kept"
