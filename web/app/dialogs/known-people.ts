import type { Person } from "@parley/client/views";
import type { UserId } from "@parley/protocol/ids";
import { useEffect, useState } from "react";
import { useClient } from "../session.tsx";

/** How many conversations are asked for their members. */
const ASKED = 8;

/** The people whom one shares a conversation with, as far as the newest conversations tell. Null until one answered. */
export function useKnownPeople(): readonly Person[] | null {
  const client = useClient();
  const [people, setPeople] = useState<ReadonlyMap<UserId, Person> | null>(null);

  useEffect(() => {
    let left = false;
    const add = (more: readonly Person[]) => {
      if (left) return;
      setPeople((before) => new Map([...(before ?? []), ...more.map((person) => [person.id, person] as const)]));
    };
    const asked = client.conversations().slice(0, ASKED);
    if (asked.length === 0) add([]);
    for (const { id } of asked) {
      client.call("list_members", { conversation: id }).then(
        (page) => add(page.people),
        () => add([]),
      );
    }
    return () => {
      left = true;
    };
  }, [client]);

  if (!people) return null;
  const others = [...people.values()].filter((person) => person.id !== client.me?.id);
  return others.sort((a, b) => a.name.localeCompare(b.name));
}

/** Whether somebody's name or handle contains what was typed. */
export function fits(person: Person, query: string): boolean {
  const wanted = query.trim().replace(/^@/u, "").toLocaleLowerCase();
  return person.name.toLocaleLowerCase().includes(wanted) || person.handle.toLocaleLowerCase().includes(wanted);
}
