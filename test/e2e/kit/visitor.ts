import type { BrowserContext, Locator, Page } from "playwright-core";

/** Somebody in front of a browser. They find things as people do: by what they are and what they are called. */
export class Visitor {
  readonly context: BrowserContext;
  page: Page;

  constructor(page: Page) {
    this.context = page.context();
    this.page = page;
  }

  get list(): Locator {
    return this.page.getByRole("navigation", { name: "Conversations" });
  }

  get talk(): Locator {
    return this.page.getByLabel("Conversation", { exact: true });
  }

  get log(): Locator {
    return this.page.getByRole("log", { name: "Messages" });
  }

  get field(): Locator {
    return this.page.getByRole("textbox", { name: /^Message / });
  }

  /** The row of a conversation in the list. */
  place(name: string): Locator {
    return this.list.getByRole("link", { name });
  }

  /** The message that says this. */
  message(text: string): Locator {
    return this.log.getByRole("article").filter({ hasText: text });
  }

  async comeIn(name: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "What should people call you?" }).fill(name);
    await this.page.getByRole("button", { name: "Come in" }).click();
    await this.list.or(this.talk).first().waitFor();
  }

  /** Opens the page again in the same browser, after it was closed. */
  async comeBack(): Promise<void> {
    const address = this.page.url();
    this.page = await this.context.newPage();
    await this.page.goto(address);
  }

  async createRoom(name: string): Promise<void> {
    await this.list.getByRole("button", { name: "New conversation" }).click();
    await this.page.getByRole("menuitem", { name: "Create a room" }).click();
    const dialog = this.page.getByRole("dialog", { name: "Create a room" });
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByRole("button", { name: "Create room" }).click();
    await this.isIn(name);
  }

  async joinRoom(name: string): Promise<void> {
    await this.list.getByRole("button", { name: "All rooms" }).click();
    await this.page.getByRole("button", { name: `Join ${name}` }).click();
    await this.isIn(name);
  }

  /** Goes to a conversation of the list. */
  async open(name: string): Promise<void> {
    await this.place(name).click();
    await this.isIn(name);
  }

  async isIn(name: string): Promise<void> {
    await this.talk.getByRole("heading", { level: 2, name }).waitFor();
    await this.field.waitFor();
  }

  /** Opens the details of a message, with the keyboard. */
  async details(text: string): Promise<void> {
    const message = this.message(text);
    // What is still on its way has no menu.
    await message.getByRole("button", { name: "More", includeHidden: true }).waitFor({ state: "attached" });
    await message.focus();
    await this.page.keyboard.press("Enter");
    await this.page.getByRole("menuitem", { name: "Message details" }).focus();
    await this.page.keyboard.press("Enter");
    await this.page.getByRole("dialog", { name: "Message details" }).waitFor();
  }

  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  async hears(text: string): Promise<void> {
    await this.message(text).first().waitFor();
  }

  /** Their own message is in the log, not only on its way. */
  async hasSent(text: string): Promise<void> {
    await this.message(text).getByLabel("More").waitFor({ state: "attached" });
  }

  /** What the line is said to be, below one's own name. */
  async lineIs(words: string | RegExp): Promise<void> {
    await this.list.getByRole("contentinfo").or(this.list.locator("footer")).getByText(words).first().waitFor();
  }

  /** Which of these lines the log shows, in its order, as often as it shows them. */
  async shown(lines: readonly string[]): Promise<string[]> {
    const texts = await this.log.getByRole("article").allInnerTexts();
    return texts.flatMap((text) => lines.filter((line) => text.split("\n").includes(line)));
  }

  /** Does something with a message, by the tools that appear on it. */
  async choose(text: string, act: string): Promise<void> {
    const message = this.message(text);
    await message.hover();
    await message.getByRole("button", { name: act, exact: true }).click();
  }
}
