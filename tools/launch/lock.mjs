import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { scratch } from "./place.mjs";
import { say } from "./say.mjs";

const FORGOTTEN_AFTER_MS = 10 * 60 * 1000;

/** Waits until no other launcher of this clone does the same; answers a function that lets the next one in. */
export async function holdLock(name) {
  const file = join(scratch, `${name}.pid`);
  mkdirSync(scratch, { recursive: true });
  for (let told = false; !take(file); ) {
    if (!told) say(`waiting for another process to finish its ${name} …`);
    told = true;
    await pause(200);
  }
  return () => rmSync(file, { force: true });
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!isAlive(file)) rmSync(file, { force: true });
    return false;
  }
}

// A process number may be somebody else's by now, as after a restarted container: so an old lock counts for nothing.
function isAlive(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > FORGOTTEN_AFTER_MS) return false;
    process.kill(Number(readFileSync(file, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
