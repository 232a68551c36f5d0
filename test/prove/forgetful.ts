import { History } from "@parley/server/store/sqlite/history";

/** Put before a server: its history forgets every tenth message. */
const { stretch } = History.prototype;
History.prototype.stretch = function (...question) {
  const found = stretch.apply(this, question);
  return { ...found, items: found.items.filter((item) => item.kind !== "message" || item.seq % 10 !== 0) };
};
