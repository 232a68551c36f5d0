import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";

const stage = openStage();

test(
  "[API3] Swagger UI shows the operations, and carries one out, with nothing asked of another origin and no breach of the policy",
  stage.play(async (play) => {
    const { page } = await play.visit("reader", {}, "/docs");
    const guests = page.locator("#operations-People-create_guest");
    await guests.getByRole("button", { name: /POST/ }).click();
    await guests.locator("textarea").fill('{"name": "Ada Lund"}');
    await guests.getByRole("button", { name: "Execute" }).click();
    const answer = guests.locator(".live-responses-table .response");
    await answer.getByText("201").first().waitFor();
    const token = /"token": "([\w-]+)"/.exec((await answer.textContent()) ?? "")?.[1] ?? "";
    expect(token).toHaveLength(43);
    await page.getByRole("button", { name: "Authorize" }).first().click();
    await page.getByRole("textbox", { name: "auth-bearer-value" }).fill(token);
    await page.getByRole("button", { name: "Apply credentials" }).first().click();
    await page.getByRole("button", { name: "Close" }).first().click();
    const me = page.locator("#operations-People-me");
    await me.getByRole("button", { name: /GET/ }).click();
    await me.getByRole("button", { name: "Execute" }).click();
    await me.locator(".live-responses-table .response").getByText('"Ada Lund"').waitFor();
  }),
);

test(
  "[API3] ReDoc shows the operations and finds one, with nothing asked of another origin and no breach of the policy",
  stage.play(async (play) => {
    const { page } = await play.visit("reader", {}, "/redoc");
    await page.getByRole("heading", { name: "Posts a message" }).first().waitFor();
    const title = page.getByRole("heading", { name: "Parley" }).first();
    expect(await title.evaluate((heading) => getComputedStyle(heading).fontFamily)).toContain("Montserrat");
    await page.getByPlaceholder("Search").fill("marks");
    await page
      .getByRole("menuitem", { name: /marks forward/ })
      .first()
      .waitFor();
  }),
);
