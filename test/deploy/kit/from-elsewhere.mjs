// Asks from another address of this machine; Node, because it lets one choose:
//   node from-elsewhere.mjs <local address> <url> <certificate> [--socket]
import { readFileSync } from "node:fs";
import { request } from "node:https";

const [localAddress, url, certificate, socket] = process.argv.slice(2);
const pretended = { "x-forwarded-for": "203.0.113.9", "x-request-id": "chosen" };
const handshake = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};
const headers = { ...pretended, ...(socket && handshake) };
const asked = request(url, { localAddress, ca: readFileSync(certificate), headers, agent: false });
const told = ({ statusCode }) => {
  console.log(statusCode);
  process.exit(0);
};
asked.on("response", told).on("upgrade", told).end();
