import type { Person } from "@parley/client/views";
import { useEffect, useState } from "react";
import { useClient } from "../session.tsx";
import { fits } from "./known-people.ts";

/** Milliseconds without a keystroke before the server is asked. */
const PAUSE = 150;
const AT_ONCE = 30;

/** What the server answered to a question. */
export interface Found {
  query: string;
  people: readonly Person[];
  /** More people fit than are shown. */
  more: boolean;
}

/** The people of this server whose names contain what was typed. Null until the server answered anything. */
export function useFoundPeople(typed: string): Found | null {
  const client = useClient();
  const query = wantedIn(typed);
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      client.call("find_people", { query, limit: AT_ONCE }).then(
        ({ people, next }) => !left && setFound({ query, people, more: next !== null }),
        () => !left && setFound({ query, people: [], more: false }),
      );
    }, PAUSE);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [client, query]);
  return found;
}

function wantedIn(typed: string): string {
  return typed.trim().replace(/^@/u, "");
}

/** Whether this is what the server said to what stands there now. */
export function answers(found: Found | null, typed: string): found is Found {
  return found?.query === wantedIn(typed);
}

/** Whom a picker offers: those one shares a conversation with, by name, and then whom else the server found. */
export function offered(known: readonly Person[], found: Found | null, typed: string): readonly Person[] {
  const mine = known.filter((person) => fits(person, typed));
  const shown = new Set(mine.map(({ id }) => id));
  // An answer to an earlier question stands as far as it still fits, until the next one comes.
  const exact = answers(found, typed);
  const others = (found?.people ?? []).filter((person) => !shown.has(person.id) && (exact || fits(person, typed)));
  return [...mine, ...others];
}
