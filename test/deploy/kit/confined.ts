import { chownSync, mkdirSync } from "node:fs";

const NOBODY = 61_234;

/** What stands where inside: read-only what the unit starts, writable only its own folder, a /proc of processes alone. */
const SCRIPT = `set -e
mount -t tmpfs tmpfs /opt && mkdir /opt/parley && mount --bind "$1" /opt/parley
mount -t tmpfs tmpfs /var/lib && mkdir /var/lib/parley && mount --bind "$2" /var/lib/parley
mount -t tmpfs tmpfs /tmp && mount -t proc -o subset=pid,hidepid=invisible proc /proc
mount -o remount,bind,ro / && mount -o remount,bind,ro /opt/parley && mount -o remount,ro /opt && mount -o remount,ro /var/lib
cd /opt/parley && umask 0077 && shift 2
exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs "$@"`;

/**
 * Starts a program as systemd would confine it: as nobody, without rights, in a system that it cannot write but for
 * /var/lib/parley. What is missing of systemd is its filter of system calls. Only root can do this.
 */
export function startConfined(command: string[], clone: string, data: string, env: Record<string, string>) {
  mkdirSync(data);
  chownSync(data, NOBODY, NOBODY);
  const inside = ["unshare", "--mount", "sh", "-c", SCRIPT, "sh", clone, data, ...command];
  return Bun.spawn(inside, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}
