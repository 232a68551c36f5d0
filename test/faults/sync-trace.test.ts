import { expect, test } from "bun:test";
import { acknowledgements } from "./sync-trace.ts";

const KEYS = /k-\d-/;
const WAL = "8</data/parley.db-wal>";
const size = { last: String.raw`\0\0\0\25`, other: String.raw`\0\0\0\0` };
const header = (which: "last" | "other") =>
  `7  pwrite64(${WAL}, "${size.other}${size[which]}${String.raw`M\266\241\210\177\242\366J\"\\\n[\347p\356\6`}", 24, 65952) = 24`;
const page = (text: string) => `7  pwrite64(${WAL}, "\\r\\0${text}\\0\\1", 4096, 65976) = 4096`;
const sync = `7  fsync(${WAL}) = 0`;
const said = (key: string) =>
  String.raw`7  sendto(20<socket:[99]>, "[{\"t\":\"entries\",\"key\":\"${key}\"}]", 40, MSG_NOSIGNAL, NULL, 0) = 40`;
const verdicts = (...lines: string[]) => Object.fromEntries(acknowledgements(lines.join("\n"), KEYS));

test("[DUR9] an acknowledgement counts as synced only when a sync began after the last page of its transaction", () => {
  const both = [header("other"), page("k-1-"), header("last"), page("and k-2-")];
  expect(verdicts(...both, sync, said("k-1-"), said("k-2-"))).toEqual({ "k-1-": "synced", "k-2-": "synced" });
  expect(verdicts(...both, said("k-1-"), sync)).toEqual({ "k-1-": "unsynced" });
  expect(verdicts(header("other"), page("k-1-"), sync, header("last"), page("rest"), said("k-1-"))).toEqual({
    "k-1-": "unsynced",
  });
  expect(
    verdicts(header("last"), page("k-2-"), sync, header("last"), page("k-1-"), said("k-1-"), said("k-2-")),
  ).toEqual({
    "k-1-": "unsynced",
    "k-2-": "synced",
  });
  expect(verdicts(sync, said("k-1-"))).toEqual({ "k-1-": "unwritten" });
});

test("[DUR9] syncs that fail, that begin too early, or that are of another file cover nothing", () => {
  const written = [header("last"), page("k-1-")];
  expect(verdicts(...written, `7  fsync(${WAL}) = -1 EIO (Input/output error)`, said("k-1-"))).toEqual({
    "k-1-": "unsynced",
  });
  expect(verdicts(...written, "7  fsync(7</data/parley.db>) = 0", said("k-1-"))).toEqual({ "k-1-": "unsynced" });
  const [begin, end] = [`9  fdatasync(${WAL} <unfinished ...>`, "9  <... fdatasync resumed>)       = 0"];
  expect(verdicts(begin, ...written, end, said("k-1-"))).toEqual({ "k-1-": "unsynced" });
  expect(verdicts(...written, begin, said("k-1-"), end)).toEqual({ "k-1-": "unsynced" });
  expect(verdicts(...written, begin, end, said("k-1-"))).toEqual({ "k-1-": "synced" });
});

test("[DUR9] a write that other threads interrupt in the trace counts once it is done, and a failed one never", () => {
  const [begin, end] = [
    String.raw`7  pwrite64(${WAL}, "\rk-1-", 4096, 65976 <unfinished ...>`,
    "7  <... pwrite64 resumed>) = 4096",
  ];
  expect(verdicts(header("last"), begin, end, sync, said("k-1-"))).toEqual({ "k-1-": "synced" });
  expect(verdicts(header("last"), begin, `9  fsync(${WAL}) = 0`, end, said("k-1-"))).toEqual({ "k-1-": "unsynced" });
  const failed = String.raw`7  pwrite64(${WAL}, "\rk-1-", 4096, 65976) = -1 ENOSPC (No space left on device)`;
  expect(verdicts(header("last"), failed, sync, said("k-1-"))).toEqual({ "k-1-": "unwritten" });
});

test("[DUR9] a trace that holds only the beginnings of what was written proves nothing", () => {
  expect(() =>
    verdicts(String.raw`7  sendto(20<socket:[99]>, "[{\"t\""..., 400, MSG_NOSIGNAL, NULL, 0) = 400`),
  ).toThrow("larger -s");
});
