import { expect } from "bun:test";
import { vaultContract } from "@parley/client/vault/contract";
import { ROOT } from "../../tools/source/tree.ts";
import { openStage, test } from "./kit/stage.ts";

const stage = openStage();

/** The contract and the adapter as one script that a page can run. */
async function script(): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [`${ROOT}/client/vault/indexed-db.ts`, `${ROOT}/client/vault/contract.ts`],
    target: "browser",
    format: "esm",
  });
  const [adapter, contract] = await Promise.all(outputs.map((output) => output.text()));
  const bare = (text = "") => text.replace(/export\s*\{[^}]*\};?/g, "");
  return `${bare(adapter)}\n${bare(contract)}`;
}

test(
  "[SDK30] the browser's own database keeps the contract of vaults",
  stage.play(async (play) => {
    const { page } = await play.visit("nobody");
    const passed = await page.evaluate(`(async () => {
      ${await script()}
      const passed = [];
      for (const [at, { name, check }] of vaultContract.entries()) {
        await check(() => indexedDbVault("case-" + at));
        passed.push(name);
      }
      return passed;
    })()`);
    expect(passed).toEqual(vaultContract.map(({ name }) => name));
  }),
);
