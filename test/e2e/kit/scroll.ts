/** How far a line of the log moved by itself while somebody scrolled up, in pixels, and how often the log grew. */
export interface Scrolled {
  moved: number;
  /** Where that was. */
  at: string;
  grown: number;
}

/**
 * Runs in the page. Scrolls the log up by one step a frame until `end` is in sight. In what is painted then it
 * looks how far the message under the eye is from where the step alone would have put it.
 */
export async function scrollUp({ step, end }: { step: number; end: string }): Promise<Scrolled> {
  const log = document.querySelector<HTMLElement>('[role="log"]');
  if (!log) throw new Error("There is no log.");
  // What an observer is told first is where things are as the next frame is painted, after everything was measured.
  const painted = () =>
    new Promise<Map<string, number>>((tell) => {
      const observer = new IntersectionObserver((seen) => {
        observer.disconnect();
        // By its key, because the list may draw the same message anew.
        const there = seen.filter(({ target }) => target.isConnected);
        tell(new Map(there.map((one) => [(one.target as HTMLElement).dataset.key ?? "", one.boundingClientRect.top])));
      });
      for (const message of log.querySelectorAll("article")) observer.observe(message);
    });
  const FAR = 100_000;
  const { top, bottom } = log.getBoundingClientRect();
  const result = { moved: 0, at: "", grown: 0 };
  const until = performance.now() + 90_000;
  let height = log.scrollHeight;
  let places = await painted();
  // Nobody scrolls faster than the list can draw: what the next step shows has been drawn above the edge.
  const isDrawn = () => log.scrollTop < step || Math.min(...places.values()) < top - step;
  while (performance.now() < until) {
    for (let frames = 0; frames < 60 && !isDrawn(); frames++) places = await painted();
    if (log.scrollTop === 0 && log.textContent.includes(end)) return result;
    const [eye, before] = [...places].find(([, at]) => at > top && at + step < bottom) ?? [];
    if (eye === undefined || before === undefined) {
      places = await painted();
      continue;
    }
    const from = log.scrollTop;
    log.scrollTop = from - step;
    const expected = before + from - log.scrollTop;
    // A step in the very moment in which a page comes in may be lost: then everything stands where it stood.
    const away = (after: number) => Math.min(Math.abs(after - expected), Math.abs(after - before));
    let moved = FAR;
    // What a busy machine paints for one frame is forgiven; what stays is not.
    for (let frames = 0; frames < 5 && moved > 2; frames++) {
      places = await painted();
      moved = Math.min(moved, away(places.get(eye) ?? FAR));
    }
    // Where the log ends, so does the step: rows above turned out to be lower than was thought.
    if (log.scrollTop > 0 && moved > result.moved) {
      const grew = log.scrollHeight - height;
      Object.assign(result, { moved, at: `${eye} from ${from} to ${log.scrollTop}, the log grew by ${grew}` });
    }
    if (log.scrollHeight > height + 1000) result.grown += 1;
    height = log.scrollHeight;
  }
  throw new Error(`The beginning was not reached: ${JSON.stringify(result)}.`);
}
