import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** The rules to read each theme by: two by all, the others by what differs in them. */
const WHOLE: string[] = [];
const COLOURS = ["color-contrast"];
const THEMES = { "nord-dark": WHOLE, "nord-light": WHOLE, crimson: COLOURS, aurora: COLOURS, contrast: COLOURS };

/** What axe has in a page that it was brought into. */
interface Axe {
  run(of: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** Everything that is wrong with what is on the screen, in every theme. */
export async function faultsOf(page: Page): Promise<string[]> {
  // One look through the builder brings axe into the page; there the other themes take a moment each.
  await new AxeBuilder({ page }).setLegacyMode().withRules(["document-title"]).analyze();
  return page.evaluate(async (themes) => {
    const { axe } = window as unknown as { axe: Axe };
    const found: string[] = [];
    for (const [theme, rules] of Object.entries(themes)) {
      document.documentElement.dataset.theme = theme;
      const { violations } = await axe.run(document, rules.length > 0 ? { runOnly: rules } : {});
      for (const { id, nodes } of violations)
        for (const { html } of nodes) found.push(`${theme}: ${id}: ${html.slice(0, 200)}`);
    }
    return found;
  }, THEMES);
}
