import type { Time } from "@parley/protocol/ids";

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Time of day as the reader's locale writes it. */
export function clock(time: Time): string {
  return clockFormat.format(time);
}

/** The same without "AM" and "PM", for places that are five characters wide. */
export function shortClock(time: Time): string {
  const parts = clockFormat.formatToParts(time).filter((part) => part.type !== "dayPeriod");
  return parts
    .map((part) => part.value)
    .join("")
    .trim();
}

/** The day that a time falls on here, as a key that differs between days. */
export function dayKey(time: Time): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** "Today", "Yesterday", "Thursday, 19 November", and the year where it is another one. */
export function dayName(time: Time, now: Time): string {
  const today = new Date(now);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (dayKey(time) === dayKey(now)) return "Today";
  if (dayKey(time) === dayKey(yesterday.getTime())) return "Yesterday";
  const date = new Date(time);
  const year = date.getFullYear() === today.getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${WEEKDAYS[date.getDay()]}, ${date.getDate()} ${MONTHS[date.getMonth()]}${year}`;
}

/** "18 Nov 22:10". */
export function stamp(time: Time): string {
  const date = new Date(time);
  return `${date.getDate()} ${MONTHS[date.getMonth()]?.slice(0, 3)} ${clock(time)}`;
}

/** The time of day, with its date where that is another day than that of `beside`. */
export function clockBeside(time: Time, beside: Time): string {
  return dayKey(time) === dayKey(beside) ? clock(time) : stamp(time);
}

const MINUTE = 60_000;

/** "just now", "a minute ago", "5 minutes ago", "an hour ago", and the date where it is longer ago than a day. */
export function ago(time: Time, now: Time): string {
  const minutes = Math.floor((now - time) / MINUTE);
  if (minutes < 1) return "just now";
  if (minutes === 1) return "a minute ago";
  if (minutes < 60) return `${minutes} minutes ago`;
  const hours = Math.floor(minutes / 60);
  if (hours === 1) return "an hour ago";
  return hours < 24 ? `${hours} hours ago` : `on ${stamp(time)}`;
}

/** Whole seconds until then, at least 0. */
export function secondsUntil(time: Time, now: Time): number {
  return Math.max(0, Math.ceil((time - now) / 1000));
}

/** Figures with separators: 1,204. */
export function figure(count: number): string {
  return count.toLocaleString("en-GB");
}

/** "1 message", "1,204 messages". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`;
}
