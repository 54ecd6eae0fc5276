/**
 * Reads a calendar from the standard input as ical.js understands it (Thunderbird and Nextcloud are built on it).
 *
 * Usage: node read.mjs FIRST LAST < feed.ics
 * Prints, as JSON, [uid, original, start, end, status, summary] of every occurrence up to the day LAST that does
 * not end before the day FIRST. Days are "YYYY-MM-DD", moments "YYYY-MM-DDTHH:MM:SSZ";
 * the original is the date of the series as the wall clock shows it, "" for what does not recur.
 */
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const [first, last] = process.argv.slice(2);

function written(time) {
  return time.isDate ? time.toString() : time.convertToZone(ICAL.Timezone.utcTimezone).toString();
}

function row(original, start, end, event) {
  const status = event.component.getFirstPropertyValue("status") ?? "";
  return [event.uid, original, written(start), written(end), status, event.summary ?? ""];
}

function* occurrences(master, overrides) {
  const event = new ICAL.Event(master, { exceptions: overrides, strictExceptions: true });
  if (!event.isRecurring()) {
    if (overrides.length) throw new Error(`${event.uid}: an override of something that does not recur`);
    yield row("", event.startDate, event.endDate, event);
    return;
  }
  const waiting = new Set(overrides.map((override) => override.getFirstPropertyValue("recurrence-id").toString()));
  const iterator = event.iterator();
  for (let next = iterator.next(); next; next = iterator.next()) {
    // An override may lead back into the window, so the series is followed until all were met.
    if (written(next) > `${last}U` && !waiting.size) break;
    if (written(next) > "2100") break;
    const found = event.getOccurrenceDetails(next);
    waiting.delete(next.toString());
    yield row(next.toString(), found.startDate, found.endDate, found.item);
  }
  if (waiting.size) throw new Error(`${event.uid}: no date for the overrides of ${[...waiting]}`);
}

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);

const masters = [];
const overrides = new Map();
for (const event of calendar.getAllSubcomponents("vevent")) {
  const uid = event.getFirstPropertyValue("uid");
  if (!event.hasProperty("recurrence-id")) masters.push(event);
  else if (overrides.has(uid)) overrides.get(uid).push(event);
  else overrides.set(uid, [event]);
}

const rows = [];
for (const master of masters) {
  const own = overrides.get(master.getFirstPropertyValue("uid")) ?? [];
  for (const found of occurrences(master, own)) {
    if (found[2] <= `${last}U` && found[3] >= first) rows.push(found);
  }
}
console.log(JSON.stringify(rows));
