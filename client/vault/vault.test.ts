import { expect, test } from "bun:test";
import { vaultContract } from "./contract.ts";
import { indexedDbVault } from "./indexed-db.ts";
import { memoryVault } from "./memory.ts";

for (const { name, check } of vaultContract) {
  test(`[SDK30] memory vault: ${name}`, async () => {
    const place = new Map<string, unknown>();
    await check(() => memoryVault(place));
  });
}

test("[SDK30] without a database of the browser the vault lasts as long as the process", async () => {
  const vault = indexedDbVault();
  await vault.write(new Map([["a", 1]]));
  expect([...(await vault.read())]).toEqual([["a", 1]]);
  expect((await indexedDbVault().read()).size).toBe(0);
});
