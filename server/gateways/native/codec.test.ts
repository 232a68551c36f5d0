import { expect, test } from "bun:test";
import { clientFrames } from "@parley/protocol/frames";
import { decodeFrame } from "./codec.ts";

const POST = { t: "post", id: 1, key: "k", conversation: 2, text: "hello" };
const ODD = ["null", "true", '"7"', "0", "-0", "-1", "1.5", "1e400", "9007199254740992", '""', "[]", "{}"];

/** The same frame with this field made of this JSON. */
function withField(field: string, json: string): unknown {
  return JSON.parse(
    `{"t":"post",${JSON.stringify({ ...POST, t: undefined }).slice(1, -1)},${JSON.stringify(field)}:${json}}`,
  );
}

test.each(["id", "key", "conversation", "text", "reply_to", "other", "__proto__"])(
  "[SOCK2] a post whose %s is odd is taken exactly where its shape allows it",
  (field) => {
    for (const json of ODD) {
      const frame = withField(field, json);
      const shaped = clientFrames.post?.safeParse(frame);
      if (shaped?.success) expect(decodeFrame(frame)).toMatchObject(shaped.data as object);
      else expect(() => decodeFrame(frame)).toThrow();
    }
  },
);

test.each(Object.keys(POST))("[SOCK2] a post without %s is refused", (field) => {
  const { [field as keyof typeof POST]: _, ...rest } = POST;
  expect(() => decodeFrame(rest)).toThrow();
});
