import type { Vault } from "./vault.ts";

/** One thing that every vault does. `open` gives another vault at the same place, which was empty before the first. */
export interface VaultCase {
  name: string;
  check(open: () => Vault): Promise<void>;
}

/** What every vault does. Needs no test runner, so that it can be run within a page. */
export const vaultContract: VaultCase[] = [
  {
    name: "what was written is read, also by another one at the same place",
    async check(open) {
      const value = { text: "a", list: [1, null, { deep: true }] };
      await open().write(
        new Map<string, unknown>([
          ["one", value],
          ["two", 2],
        ]),
      );
      same(await open().read(), { one: value, two: 2 });
    },
  },
  {
    name: "a later write replaces, null removes, and the rest stays",
    async check(open) {
      const vault = open();
      await vault.write(new Map(Object.entries({ a: 1, b: 2, c: 3 })));
      await vault.write(new Map<string, unknown>(Object.entries({ a: 4, b: null, unknown: null })));
      same(await vault.read(), { a: 4, c: 3 });
    },
  },
  {
    name: "writes that do not wait for each other take effect in order",
    async check(open) {
      const vault = open();
      const writes = Array.from({ length: 20 }, (_, at) => vault.write(new Map([["count", at]])));
      await Promise.all(writes);
      same(await vault.read(), { count: 19 });
    },
  },
  {
    name: "what changes after it was written or read is not what is kept",
    async check(open) {
      const vault = open();
      const value = { text: "kept" };
      const writing = vault.write(new Map([["a", value]]));
      await writing;
      value.text = "changed";
      const read = (await vault.read()).get("a") as { text: string };
      read.text = "changed as well";
      same(await vault.read(), { a: { text: "kept" } });
    },
  },
  {
    name: "a write that cannot be made is refused and changes nothing",
    async check(open) {
      const vault = open();
      await vault.write(new Map([["a", 1]]));
      const refused = await vault
        .write(
          new Map<string, unknown>([
            ["a", 2],
            ["b", () => {}],
          ]),
        )
        .then(
          () => false,
          () => true,
        );
      if (!refused) throw new Error("It took what cannot be kept.");
      same(await vault.read(), { a: 1 });
    },
  },
  {
    name: "clearing leaves nothing",
    async check(open) {
      const vault = open();
      await vault.write(new Map(Array.from({ length: 2000 }, (_, at) => [`n${at}`, { at }] as const)));
      if ((await vault.read()).size !== 2000) throw new Error("Something is missing.");
      await vault.clear();
      same(await vault.read(), {});
    },
  },
];

function same(found: ReadonlyMap<string, unknown>, expected: object): void {
  const sorted = Object.fromEntries([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
  const [is, should] = [JSON.stringify(sorted), JSON.stringify(expected)];
  if (is !== should) throw new Error(`Found ${is} and not ${should}.`);
}
