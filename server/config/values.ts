import { isIP } from "node:net";
import { DIALECTS, type DialectName } from "@parley/protocol/dialects";

/** A further port, and the dialect that it speaks where the address of a request leaves it open. */
export interface Listener {
  port: number;
  dialect: DialectName | null;
}

export function listenersIn(text: string): Listener[] | undefined {
  const listeners = partsOf(text).map((part): Listener | undefined => {
    const [, digits = "", , name] = /^(\d{1,5})(=([a-z]+))?$/.exec(part) ?? [];
    const dialect = name === undefined ? null : DIALECTS.find((one) => one === name);
    const port = Number(digits);
    return digits === "" || port > 65_535 || dialect === undefined ? undefined : { port, dialect };
  });
  const ports = new Set(listeners.map((listener) => listener?.port || Symbol()));
  return ports.size === listeners.length ? allOf(listeners) : undefined;
}

export function homesIn(text: string): Partial<Record<DialectName, string>> | undefined {
  const homes = partsOf(text).map((part): [DialectName, string] | undefined => {
    const [, name, room] = /^([a-z]+)=(\S(?:.{0,98}\S)?)$/u.exec(part) ?? [];
    const dialect = DIALECTS.find((one) => one === name && one !== "rooms");
    return dialect && room !== undefined ? [dialect, room] : undefined;
  });
  const all = allOf(homes);
  return all && Object.fromEntries(all);
}

function partsOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function allOf<T>(values: (T | undefined)[]): T[] | undefined {
  return values.some((value) => value === undefined) ? undefined : (values as T[]);
}

export function pathIn(text: string): string | undefined {
  return text.includes("\0") ? undefined : text;
}

export function networksIn(text: string): string[] | undefined {
  const networks = text
    .split(",")
    .map((network) => network.trim())
    .filter((network) => network !== "");
  return networks.every(isNetwork) ? networks : undefined;
}

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

export function urlIn(text: string, shape: RegExp): string | undefined {
  return shape.test(text) ? text : undefined;
}

export function originsIn(text: string): string[] | undefined {
  const origins = partsOf(text);
  return origins.every((origin) => origin === "*" || isOrigin(origin)) ? origins : undefined;
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.parse(text)?.origin === text;
}
