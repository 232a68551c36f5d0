import { expect, test } from "bun:test";
import { selectSocket } from "./select.ts";

const select = (path: string, listener: Parameters<typeof selectSocket>[1]["listener"] = null, names = "broadcast") => {
  const asked = selectSocket(new URL(path, "http://parley.test"), { listener, names: names as "broadcast" });
  return asked && `${asked.dialect} ${asked.segments.at(-1)}`;
};

test("[DIA1] the shape of a path says the dialect, and what it leaves open the setting says", () => {
  expect(select("/ws/chat/7?username=ann")).toBe("rooms 7");
  expect(select("/ws/chat/7?username=")).toBe("rooms 7");
  expect(select("/ws/chat/7")).toBe("messenger 7");
  expect(select("/ws/chat/ann%20b?x=1")).toBe("messenger ann b");
  for (const number of ["5", "-5", "+5", "05"]) expect(select(`/ws/${number}`)).toBe(`direct ${number}`);
  expect(select("/ws/ann")).toBe("broadcast ann");
  expect(select("/ws/chat")).toBe("broadcast chat");
  expect(select("/ws/ann", null, "plain")).toBe("plain ann");
  expect(select("/ws/100%")).toBe("broadcast 100%");
});

test("[DIA1] a port with a dialect speaks it wherever the path has its shape, and a prefix always wins", () => {
  expect(select("/ws/5", "plain")).toBe("plain 5");
  expect(select("/ws/chat/7?username=ann", "messenger")).toBe("messenger 7");
  expect(select("/ws/chat/7?username=ann", "plain")).toBe("rooms 7");
  expect(select("/dialects/plain/ws/5", "broadcast")).toBe("plain 5");
  expect(select("/dialects/direct/ws/ann")).toBe("direct ann");
});

test("[DIA2] other paths are nobody's", () => {
  for (const path of ["/ws/", "/ws", "/ws/a/", "/ws/a/b", "/ws/chat/a/b", "/ws/a%2Fb", "/other/a", "/ws//a"]) {
    expect(select(path)).toBeNull();
  }
  for (const path of ["/dialects/plain/ws/chat/a", "/dialects/none/ws/a", "/dialects/rooms/ws/a", "/dialects/plain"]) {
    expect(select(path)).toBeNull();
  }
});
