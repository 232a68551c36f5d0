import type { DialectName } from "@parley/protocol/dialects";
import type { Address, Frames, Wire } from "./wire.ts";

const TOKEN = { token: "Proves who one is, where the name is held or claimed." };
const NAME = { username: "One's name, percent-encoded." };

/** What the frames of a dialect do not say: its name, what it is, and where it is spoken. */
const OLD: Readonly<Record<DialectName, { title: string; about: string; addresses: readonly Address[] }>> = {
  messenger: {
    title: "messenger",
    about: "One room. A client says plain text, and hears JSON.",
    addresses: [at("/ws/chat/{username}", NAME)],
  },
  broadcast: {
    title: "broadcast",
    about: "One room; JSON both ways. `/ws/{username}` is its address where `PARLEY_NAME_DIALECT` does not say plain.",
    addresses: [at("/ws/{username}", NAME)],
  },
  rooms: {
    title: "rooms",
    about: "Rooms that are made over HTTP; JSON both ways.",
    addresses: [
      at(
        "/ws/chat/{room_id}",
        { room_id: "The id of a room." },
        { username: "One's name. Without it this address is messenger's." },
      ),
    ],
  },
  direct: {
    title: "direct",
    about: "Messages to people and groups by their numbers, with receipts; JSON both ways.",
    addresses: [at("/ws/{user_id}", { user_id: "One's own number." })],
  },
  plain: {
    title: "plain",
    about: "One room; text both ways. `/ws/{username}` is its address where `PARLEY_NAME_DIALECT` says so.",
    addresses: [at("/ws/{username}", NAME)],
  },
};

/** The protocol of existing clients for the documents, with these frames. */
export function oldWire(name: DialectName, { received, sent }: { received: Frames; sent: Frames }): Wire {
  const { addresses, ...old } = OLD[name];
  // By its own prefix a dialect is reached wherever the short address belongs to another.
  const prefixed = addresses.map((address) => ({ ...address, path: `/dialects/${name}${address.path}` }));
  return { name, ...old, addresses: [...addresses, ...prefixed], received, sent };
}

function at(path: string, params: Record<string, string>, query: Record<string, string> = {}): Address {
  return { path, params, query: { ...query, ...TOKEN } };
}
