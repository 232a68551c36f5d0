import { ParleyProcess, temporaryFolder } from "../../kit/process.ts";
import { type Exchanges, tellOverHttp } from "./http.ts";
import { type Shown, tellOnSocket } from "./socket.ts";

export interface Story {
  operations: Exchanges;
  frames: { received: Shown; sent: Shown };
}

/** What people and a server of its own say to each other when every operation and every frame is used. */
export async function tellStory(): Promise<Story> {
  const folder = temporaryFolder();
  const parley = new ParleyProcess({ PARLEY_DATA: folder.path, PARLEY_BEAT_MS: "1500", PARLEY_RATE_LIMITS: "off" });
  try {
    const url = await parley.url();
    const operations = await tellOverHttp(url, await parley.said(/#owner=([\w-]+)/));
    return { operations, frames: await tellOnSocket(url, () => parley.signal("SIGTERM")) };
  } finally {
    await parley.stop();
    folder.remove();
  }
}
