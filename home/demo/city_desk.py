"""The demonstration's other desks: the Mayor's Cabinet, audiences, court mail, reminders and the half-yearly report."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from home.demo.petition_desk import DemoDesk
from home.demo.petition_plan import Letter, Step
from registry import audiences, cabinet, court_mail, periods, reminders, report_services
from registry.deadlines import CITY_ZONE
from registry.models import Audience, AudienceSlot, CabinetFile, RegistryEntry, Report
from registry.registration import Filing

RECEIVES_AT = time(14)
WEDNESDAY = 2
FOLLOWED_FOR = timedelta(days=10)


class CityDesk(DemoDesk):
    """Everybody who has to do with the register."""

    # -- the Cabinet ---------------------------------------------------------------------------------------------------

    def _file(self, letter: Letter) -> CabinetFile:
        return CabinetFile.objects.select_related("entry").get(entry=self.entries[id(letter)])

    def _open_file(self, letter: Letter, step: Step) -> None:
        source = letter.item["source"]
        is_citizen = source == CabinetFile.Source.CITIZEN
        cabinet.open_file(
            self.entries[id(letter)],
            source,
            institution=None if is_citizen else self.institutions[letter.item["institution"]],
            actor=self.cabinet,
            at=step.at,
        )

    def _resolved(self, letter: Letter, step: Step, others: list[cabinet.SubTerm]) -> RegistryEntry:
        file = cabinet.resolve(
            self._file(letter),
            letter.item["resolution"],
            self.departments[letter.item["department"]],
            others,
            next_look_on=step.at.date() + FOLLOWED_FOR,
            actor=self.cabinet,
            at=step.at,
        )
        return RegistryEntry.objects.select_related("kind", "department").get(pk=file.entry_id)

    def _resolve(self, letter: Letter, step: Step) -> RegistryEntry:
        return self._resolved(letter, step, [])

    def _resolve_with_others(self, letter: Letter, step: Step) -> RegistryEntry:
        wanted, entry = letter.item["contribution"], self.entries[id(letter)]
        asked = cabinet.SubTerm(
            self.departments[wanted["department"]],
            self._sub_term(entry, step.at),
            wanted["question"],
        )
        return self._resolved(letter, step, [asked])

    def _off_board(self, letter: Letter, step: Step) -> None:
        cabinet.off_board(self._file(letter), actor=self.cabinet, at=step.at)

    # -- audiences -----------------------------------------------------------------------------------------------------

    def _register(self, letter: Letter, filing: Filing, actor: Any) -> RegistryEntry:
        level = letter.item.get("audience")
        if level is None:
            return super()._register(letter, filing, actor)
        at = letter.came_at
        return audiences.request(
            filing,
            level,
            register_=self.general,
            department=self.departments.get(letter.item.get("department", "")),
            wants_writing=len(self.entries) % 2 == 0,
            override="Cererea privește un angajament al Primarului."
            if level != AudienceSlot.Level.DEPARTMENT
            else "",
            actor=self.clerk if level == AudienceSlot.Level.DEPARTMENT else self.cabinet,
            clock=lambda: at,
        ).entry

    def _audience(self, letter: Letter) -> tuple[Audience, Any]:
        """The last audience of a letter, and who keeps its hours."""
        rows = Audience.objects.filter(entry=self.entries[id(letter)]).select_related("entry")
        audience = rows.latest("pk")
        is_department = audience.level == AudienceSlot.Level.DEPARTMENT
        return audience, self.clerk if is_department else self.cabinet

    def _schedule(self, letter: Letter, step: Step) -> None:
        audience, keeper = self._audience(letter)
        day = step.at.date() + timedelta(days=2)
        day += timedelta(days=(WEDNESDAY - day.weekday()) % 7)
        is_department = audience.level == AudienceSlot.Level.DEPARTMENT
        slot, _new = AudienceSlot.objects.get_or_create(
            level=audience.level,
            department=audience.entry.department if is_department else None,
            starts_at=datetime.combine(day, RECEIVES_AT, CITY_ZONE),
            defaults={"places": 6, "room": "sala de audiențe"},
        )
        audiences.schedule(audience, slot, actor=keeper, at=step.at)

    def _hold(self, letter: Letter, step: Step) -> None:
        audience, keeper = self._audience(letter)
        audiences.hold(audience, letter.item["result"], actor=keeper, at=step.at)

    def _miss(self, letter: Letter, step: Step) -> None:
        audience, keeper = self._audience(letter)
        audiences.miss(audience, actor=keeper, at=step.at)

    def _decline(self, letter: Letter, step: Step) -> None:
        audience, keeper = self._audience(letter)
        audiences.decline(audience, letter.item["declined"], actor=keeper, at=step.at)

    def _climb(self, letter: Letter, step: Step) -> None:
        audience, keeper = self._audience(letter)
        audiences.climb(audience, actor=keeper, at=step.at)

    # -- court mail ----------------------------------------------------------------------------------------------------

    def _display(self, letter: Letter, step: Step) -> None:
        item = letter.item
        court_mail.record(
            self.entries[id(letter)],
            court=letter.name,
            case_number=letter.subject.rpartition("nr. ")[2],
            document=letter.subject.partition(" ")[0],
            addressee=item["addressee"],
            displayed_on=step.at.date(),
            actor=self.clerk,
            at=step.at,
        )

    def _hand_over(self, letter: Letter, step: Step) -> None:
        court_mail.hand_over(
            self.entries[id(letter)],
            letter.item["addressee"],
            "Semnat de primire, act de identitate văzut",
            actor=self.clerk,
            at=step.at,
        )

    def _give_back(self, letter: Letter, step: Step) -> None:
        entry = self.entries[id(letter)]
        court_mail.send_back(entry, letter.item["closing"], actor=self.clerk, at=step.at)

    # -- what comes by itself ------------------------------------------------------------------------------------------

    def remind(self, at: datetime) -> None:
        """What `registry_tick` told of that morning."""
        reminders.remind(at)

    def make_report(self, now: datetime) -> None:
        """Freeze the report of the last half-year that is over."""
        last = periods.ended_half_years(now.astimezone(CITY_ZONE).date())[0]
        report_services.ask(Report.Kind.PETITIONS, last, actor=self.chief, now=now)
        report_services.count_waiting(now)
