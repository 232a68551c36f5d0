import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, temporaryFolder } from "../../test/kit/process.ts";
import { inspircd, rootOf } from "../../tools/debian.ts";
import { bytes, MARKED, type Running, type Subject } from "../subject.ts";
import { lacking, serving } from "./process.ts";

/** A channel for each room. Its members ask to hear what they say themselves, as the members of every other subject do. */
export const ircd: Subject = {
  name: "ircd",
  about: "InspIRCd, IRC over TCP with echo-message, flood limits off, not durable",
  missing: () => lacking(inspircd()),
  async start({ members }, core): Promise<Running> {
    const [program, port, folder] = [await inspircd(), await freePort(), temporaryFolder()];
    const file = join(folder.path, "inspircd.conf");
    writeFileSync(file, settings(port, folder.path, `${rootOf(program)}/usr/lib/inspircd/modules`));
    const command = [program, "--config", file, "--nofork", "--nopid", "--nolog", "--runasroot"];
    const child = await serving(command, port, core);
    return {
      pids: [child.pid],
      member: (n) => {
        const room = `#room${Math.floor(n / members)}`;
        const hello = `CAP REQ :echo-message\r\nNICK s${n}\r\nUSER s 0 * :s\r\nCAP END\r\n`;
        return {
          port,
          steps: [
            { send: bytes(hello), until: ` 422 s${n} ` },
            { send: bytes(`JOIN ${room}\r\n`), until: ` 366 s${n} ` },
          ],
          post: bytes(`PRIVMSG ${room} :${MARKED}\r\n`),
        };
      },
      async stop() {
        await child.end();
        folder.remove();
      },
    };
  },
};

function settings(port: number, folder: string, modules: string): string {
  const limits = [
    'hardsendq="1073741824" softsendq="1073741824" recvq="1048576" threshold="1000000" commandrate="1000000000"',
    'fakelag="off" localmax="100000" globalmax="100000" maxconnwarn="off" pingfreq="3600" timeout="60"',
  ];
  return `<config format="xml">
<server name="irc.bench" description="bench" network="bench">
<admin name="bench" nick="bench" email="bench@bench">
<bind address="127.0.0.1" port="${port}" type="clients">
<path moduledir="${modules}" configdir="${folder}" datadir="${folder}" logdir="${folder}" runtimedir="${folder}">
<connect name="all" allow="*" resolvehostnames="no" useident="no" ${limits.join(" ")}>
<performance softlimit="100000" somaxconn="4096" netbuffersize="65534" timeskipwarn="0">
<options splitwhois="no" syntaxhints="no">
<module name="cap">
<module name="ircv3_echomessage">
`;
}
