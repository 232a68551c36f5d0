/** How far a line of the log moved by itself while somebody scrolled up, in pixels, and how often the log grew. */
export interface Scrolled {
  moved: number;
  grown: number;
}

/**
 * Runs in the page. Scrolls the log up by steps until `end` is in sight. Before each step it takes the message under
 * the eye, and in the frames after it looks how far that message is from where the step alone would have put it.
 */
export async function scrollUp({ step, end }: { step: number; end: string }): Promise<Scrolled> {
  const log = document.querySelector<HTMLElement>('[role="log"]');
  if (!log) throw new Error("There is no log.");
  // What an observer is told first is where things are as the next frame is painted, after everything was measured.
  const painted = (one: Element) =>
    new Promise<number>((tell) => {
      new IntersectionObserver(([seen], observer) => {
        observer.disconnect();
        tell(seen?.boundingClientRect.top ?? 0);
      }).observe(one);
    });
  const box = log.getBoundingClientRect();
  const result = { moved: 0, grown: 0 };
  const until = performance.now() + 90_000;
  let height = log.scrollHeight;
  while (performance.now() < until) {
    if (log.scrollTop === 0 && log.textContent.includes(end)) return result;
    const messages = [...log.querySelectorAll("article")];
    const eye = messages.find((one) => one.getBoundingClientRect().bottom > box.top + 100) ?? log;
    const before = eye.getBoundingClientRect().top;
    const from = log.scrollTop;
    log.scrollTop = from - step;
    const expected = before + from - log.scrollTop;
    for (let frames = 0; frames < 2; frames++) {
      const top = await painted(eye);
      if (eye.isConnected) result.moved = Math.max(result.moved, Math.abs(top - expected));
    }
    if (log.scrollHeight > height + 1000) result.grown += 1;
    height = log.scrollHeight;
  }
  throw new Error(`The beginning was not reached: ${JSON.stringify(result)}.`);
}
