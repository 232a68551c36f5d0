import { useEffect } from "react";

/** What stands on the tab: how much is for this person, and where they are. */
export function documentTitle(mentions: number, place: string | null): string {
  const count = mentions > 0 ? `(${mentions > 999 ? "999+" : mentions}) ` : "";
  return `${count}${place ? `${place} · ` : ""}Parley`;
}

/** Keeps the title of the tab true. */
export function useTitle(mentions: number, place: string | null): void {
  useEffect(() => {
    document.title = documentTitle(mentions, place);
  }, [mentions, place]);
}
