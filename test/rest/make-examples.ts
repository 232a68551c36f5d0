/**
 * Tells the story of the examples on a server of its own, and writes down what was said, for the documents.
 *
 *   npx bun test/rest/make-examples.ts && npm run fix
 */
import { writeFileSync } from "node:fs";
import { tellStory } from "./story/story.ts";

const EXAMPLES = new URL("../../server/gateways/documents/examples.json", import.meta.url);

writeFileSync(EXAMPLES, JSON.stringify(await tellStory(), null, 2));
