import type { Locator, Page } from "playwright-core";
import type { Play } from "./stage.ts";

/** Somebody on one of the pages for old protocols. */
export class LegacyVisitor {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(play: Play, dialect: string, called: string): Promise<LegacyVisitor> {
    const { page } = await play.visit(called, {}, `/legacy/${dialect}/`);
    return new LegacyVisitor(page);
  }

  get log(): Locator {
    return this.page.getByRole("log", { name: "Messages" });
  }

  get field(): Locator {
    return this.page.getByRole("textbox", { name: "Message" });
  }

  get here(): Locator {
    return this.page.getByRole("complementary", { name: "Who is here" });
  }

  async comeIn(name: string, label = "Your name"): Promise<void> {
    await this.page.getByRole("textbox", { name: label }).fill(name);
    await this.page.getByRole("button", { name: "Come in" }).click();
  }

  async lineIs(words: string | RegExp): Promise<void> {
    await this.page.getByRole("status").getByText(words).waitFor();
  }

  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  async hears(text: string): Promise<void> {
    await this.log.getByText(text, { exact: true }).first().waitFor();
  }

  async seesHere(...names: string[]): Promise<void> {
    for (const name of names) await this.here.getByText(name, { exact: true }).waitFor();
  }
}
