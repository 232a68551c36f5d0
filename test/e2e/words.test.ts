import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";

const stage = openStage();

test(
  "[WEB15] a name that somebody has is refused under its field, and stays there to be changed",
  stage.play(async (play) => {
    await play.enter("Mara Lindqvist");
    const other = await play.visit("other");
    await other.page.getByRole("textbox").fill("mara  LINDQVIST");
    await other.page.getByRole("button", { name: "Come in" }).click();
    await other.page.getByRole("alert").getByText("mara  LINDQVIST claimed this name.").waitFor();
    const field = other.page.getByRole("textbox", { name: "What should people call you?" });
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await field.inputValue()).toBe("mara  LINDQVIST");
    await other.comeIn("Mara L.");
    await other.list.getByText("Mara L.").waitFor();
  }),
);

const MARKUP = [
  '<img src="/stolen.png" onerror="document.title=1">',
  "<script>document.title = 1</script>",
  '<a href="javascript:document.title=1">press</a>',
  '"><svg onload=document.title=1>',
  "&lt;b&gt; **bold** `code` [x](javascript:1)",
];

test(
  "[WEB9] markup that somebody types is shown as its text: no element comes of it, and no request",
  stage.play(async (play) => {
    const [eve, rui] = await play.meet("<b>room</b>", "<i>Eve</i>", "Rui Costa");
    if (!eve || !rui) return;
    const asked: string[] = [];
    rui.context.on("request", (request) => asked.push(request.url()));
    const images = await rui.page.locator("img, script, b b, i, svg[onload]").count();
    for (const text of MARKUP) await eve.say(text);
    await becomes(() => rui.shown(MARKUP), MARKUP);
    expect(await rui.message("onerror").getByText("<i>Eve</i>").first().isVisible()).toBe(true);
    expect(await rui.page.locator("img, script, b b, i, svg[onload]").count()).toBe(images);
    expect(await rui.log.getByRole("link").count()).toBe(0);
    expect(await rui.page.title()).toContain("<b>room</b>");
    expect(asked).toEqual([]);
  }),
);

test(
  "[WEB9] a web address becomes a link that tells its target nothing and leaves the page alone",
  stage.play(async (play) => {
    const mara = await play.enter("Ines Duarte");
    await mara.createRoom("links");
    await mara.say("The chart is at https://example.org/chart?tide=high, page 2.");
    const link = mara.log.getByRole("link", { name: "https://example.org/chart?tide=high" });
    await link.waitFor();
    expect(await link.getAttribute("rel")).toBe("noopener noreferrer");
    expect(await link.getAttribute("target")).toBe("_blank");
  }),
);
