/** Something that the person at the keyboard can put right; shown as its one sentence. */
export class Refusal extends Error {
  name = "Refusal";
}

const QUIET_SECONDS = 5;

/** Says what is going on until the returned function is called, which answers how long it took. */
export function progress(what) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  process.stderr.write(`parley: ${what} …${process.stderr.isTTY ? "" : "\n"}`);
  const timer = process.stderr.isTTY
    ? setInterval(() => process.stderr.write(`\r\x1b[Kparley: ${what} … ${seconds()} s`), 250)
    : setInterval(() => process.stderr.write(`parley: still ${what} (${seconds()} s)\n`), QUIET_SECONDS * 1000);
  return () => {
    clearInterval(timer);
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    return `${((Date.now() - began) / 1000).toFixed(1)} s`;
  };
}

/** One finished step, on a line of its own. */
export function say(line) {
  process.stderr.write(`parley: ${line}\n`);
}
