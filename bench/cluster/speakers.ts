const TEXT = "A message of the usual length, which is about eighty characters or a few more.";
/** Messages of one speaker that have no answer yet, at most. */
const IN_FLIGHT = 16;

/** Bare sockets that post as fast as they are answered and forget what they hear, so that the servers are measured. */
export class Speakers {
  acknowledged = 0;
  delivered = 0;
  #speakers: { socket: WebSocket; room: number; me: number; waiting: number; posted: number }[] = [];

  /** People on these nodes in turn, ten in each room, wherever each of them is connected. */
  static async enter(urls: readonly string[], people: number): Promise<Speakers> {
    const all = new Speakers();
    let room = 0;
    for (let at = 0; at < people; at++) {
      const url = urls[at % urls.length] as string;
      const token = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
      await ask(url, "/api/guests", { name: `Speaker ${spelled(at)}`, secret: token });
      if (at % 10 === 0) room = (await ask(url, "/api/rooms", { name: `Room ${at}`, key: "r" }, token)).conversation.id;
      else await ask(url, `/api/conversations/${room}/join`, { key: "j" }, token);
      await all.#open(url, token, room);
    }
    return all;
  }

  /** Everybody talks for some seconds; messages acknowledged in each. */
  async talk(seconds: number): Promise<number> {
    const [began, before] = [performance.now(), this.acknowledged];
    while (performance.now() - began < seconds * 1_000) {
      for (const speaker of this.#speakers) {
        for (; speaker.waiting < IN_FLIGHT; speaker.waiting++) {
          const id = ++speaker.posted;
          const key = `${Date.now().toString(36)}-${id.toString(36)}`;
          speaker.socket.send(JSON.stringify([{ t: "post", id, key, conversation: speaker.room, text: TEXT }]));
        }
      }
      await Bun.sleep(2);
    }
    return (this.acknowledged - before) / ((performance.now() - began) / 1_000);
  }

  leave(): void {
    for (const { socket } of this.#speakers) socket.close();
  }

  #open(url: string, token: string, room: number): Promise<void> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
    const speaker = { socket, room, me: 0, waiting: 0, posted: 0 };
    this.#speakers.push(speaker);
    return new Promise((resolve, reject) => {
      socket.onerror = () => reject(new Error("A socket did not open."));
      socket.onopen = () => socket.send(JSON.stringify([{ t: "hello", version: 1, token }]));
      socket.onmessage = ({ data }) => {
        const text = String(data);
        if (text.includes('"t":"welcome"')) speaker.me = JSON.parse(text)[0].you.id;
        if (text.includes('"t":"beat"')) socket.send('[{"t":"beat"}]');
        if (text.includes('"t":"caught_up"')) resolve();
        if (!text.includes('"kind":"message"')) return;
        this.delivered += text.split('"kind":"message"').length - 1;
        const own = text.split(`"author":${speaker.me},`).length - 1;
        speaker.waiting -= own;
        this.acknowledged += own;
      };
    });
  }
}

async function ask(url: string, path: string, body: object, token?: string): Promise<{ conversation: { id: number } }> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as { conversation: { id: number } };
}

/** Digits as letters that do not look alike, for names that nobody takes for each other. */
function spelled(at: number): string {
  return [...`${at}`].map((digit) => "abcdefghkw"[Number(digit)]).join("");
}
