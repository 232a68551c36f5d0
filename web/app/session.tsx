import { createClient } from "@parley/client";
import type { Client } from "@parley/client/client";
import { tabSocket } from "@parley/client/tabs/socket";
import { indexedDbVault } from "@parley/client/vault/indexed-db";
import type { Person } from "@parley/client/views";
import type { UserId } from "@parley/protocol/ids";
import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import { keep, whenForgotten } from "./keep.ts";

const Session = createContext<Client | null>(null);

const TOKEN = "parley.token";

/** One client of the server that this page came from, with the token and the logs that the browser kept, on one line for all tabs. */
export function openSession(): Client {
  const WebSocket = tabSocket();
  const client = createClient({ url: location.origin, keep, vault: indexedDbVault(), ...(WebSocket && { WebSocket }) });
  client.connect();
  // Whoever signs out in one tab is signed out in all of this browser.
  whenForgotten(TOKEN, () => client.signOut());
  return client;
}

/** Gives everything below it the one client. */
export function SessionProvider({ client, children }: { client: Client; children: ReactNode }) {
  return <Session value={client}>{children}</Session>;
}

/** The client of this page. */
export function useClient(): Client {
  const client = useContext(Session);
  if (!client) throw new Error("There is no session here.");
  return client;
}

/** One view of the client, drawn again when it changed. `read` must return the client's own objects, not new ones. */
export function useChat<T>(read: (client: Client) => T): T {
  const client = useClient();
  return useSyncExternalStore(
    (changed) => client.subscribe(changed),
    () => read(client),
  );
}

/** A person, or undefined while the server is being asked. */
export function usePerson(id: UserId | null): Person | undefined {
  return useChat((client) => (id === null ? undefined : client.person(id)));
}

const Me = createContext<Person | null>(null);

/** Says below it who is signed in, also in the moment in which somebody signs out. */
export function MeProvider({ me, children }: { me: Person; children: ReactNode }) {
  return <Me value={me}>{children}</Me>;
}

/** Who I am. Only below a signed-in app. */
export function useMe(): Person {
  const me = useContext(Me);
  if (!me) throw new Error("Nobody is signed in here.");
  return me;
}
