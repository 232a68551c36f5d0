import { expect, test } from "bun:test";
import type { ConversationView, RoomListing } from "@parley/client/views";
import { destinations } from "./destinations.ts";

function known(id: number, name: string, more: Partial<ConversationView> = {}) {
  return { name, view: { id, unread: 0, mentions: 0, latest: id, ...more } as ConversationView };
}

function room(id: number, name: string): RoomListing {
  return { id, name, topic: null, members: 1, head: 1, created: 0, joined: false };
}

const names = (groups: ReturnType<typeof destinations>) =>
  groups.map((group) => [group.title, group.places.map((place) => place.name)]);

test("[WEB23] with nothing typed, what is unread comes first and mentions before dots", () => {
  const all = [known(1, "a"), known(2, "b", { unread: 1 }), known(3, "c", { unread: 1, mentions: 1 }), known(4, "d")];
  expect(names(destinations("", all, []))).toEqual([
    ["Unread first", ["c", "b"]],
    ["Rooms and people", ["d", "a"]],
  ]);
});

test("[WEB23] names that begin with what was typed come before those that contain it", () => {
  const all = [known(1, "schedule"), known(2, "record-shelf"), known(3, "Tomasz"), known(4, "other")];
  const groups = destinations("#S", all, [room(1, "schedule"), room(9, "studio")]);
  expect(names(groups)).toEqual([
    ["Rooms and people", ["schedule", "record-shelf", "Tomasz"]],
    ["Open rooms", ["studio"]],
    ["Do something", ["S"]],
  ]);
});
