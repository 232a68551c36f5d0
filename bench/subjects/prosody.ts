import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, temporaryFolder } from "../../test/kit/process.ts";
import { prosody as bring, rootOf } from "../../tools/debian.ts";
import { bytes, MARKED, type Running, type Subject } from "../subject.ts";
import { lacking, serving } from "./process.ts";

const STREAM =
  "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
const AUTH = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>";
const BIND = "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
const MUC = "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>";

/** A group chat of XMPP for each room. */
export const prosody: Subject = {
  name: "prosody",
  about: "Prosody group chat, XMPP over TCP, without archive and without telling who comes",
  missing: () => lacking(bring()),
  async start({ members }, core): Promise<Running> {
    const [port, folder] = [await freePort(), temporaryFolder()];
    const file = join(folder.path, "prosody.cfg.lua");
    writeFileSync(file, settings(port, folder.path));
    const { command, env } = launched(await bring(), folder.path);
    const child = await serving([...command, "--config", file, "-F"], port, core, env);
    return {
      pids: [child.pid],
      member: (n) => {
        const room = `room${Math.floor(n / members)}@rooms.localhost`;
        return {
          port,
          steps: [
            { send: bytes(STREAM), until: "</stream:features>" },
            { send: bytes(AUTH), until: "<success" },
            { send: bytes(STREAM), until: "</stream:features>" },
            { send: bytes(BIND), until: "</iq>" },
            { send: bytes(`<presence to='${room}/s${n}'>${MUC}</presence>`), until: "code='110'" },
          ],
          post: bytes(`<message to='${room}' type='groupchat'><body>${MARKED}</body></message>`),
        };
      },
      async stop() {
        await child.end();
        folder.remove();
      },
    };
  },
};

/** It looks for its parts where it would be installed: where it was unpacked, a copy of its script looks there. */
function launched(program: string, folder: string): { command: string[]; env: Record<string, string> } {
  const root = rootOf(program);
  if (root === "") return { command: [program], env: {} };
  const script = readFileSync(`${root}/usr/bin/prosody`, "utf8");
  const copy = join(folder, "prosody");
  writeFileSync(copy, script.replace(/'(\/usr\/lib\/prosody[^']*)'/g, `'${root}$1'`));
  const libraries = [...new Bun.Glob("usr/lib/*-linux-*").scanSync({ cwd: root, onlyFiles: false, absolute: true })];
  const env = {
    LUA_PATH: `${root}/usr/share/lua/5.4/?.lua;${root}/usr/share/lua/5.4/?/init.lua`,
    LUA_CPATH: libraries.map((path) => `${path}/lua/5.4/?.so`).join(";"),
    LD_LIBRARY_PATH: libraries.join(":"),
  };
  return { command: [`${root}/usr/bin/lua5.4`, copy], env };
}

function settings(port: number, folder: string): string {
  return `
run_as_root = true
data_path = "${folder}"
pidfile = "${folder}/pid"
log = { error = "*console" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
modules_enabled = { "saslauth" }
modules_disabled = { "s2s", "offline", "tls" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "anonymous"
storage = "memory"
network_settings = { tcp_backlog = 4096; }
VirtualHost "localhost"
Component "rooms.localhost" "muc"
  muc_room_locking = false
  muc_room_cache_size = 100000
  muc_room_default_history_length = 0
  muc_room_default_presence_broadcast = { visitor = false; participant = false; moderator = false; }
`;
}
