// Loaded before the server where pictures are taken: the time is what a file says, so that a talk of two days takes a
// moment.
import { readFileSync } from "node:fs";

const file = process.env.TOLD_CLOCK;
if (file) Date.now = () => Number(readFileSync(file, "utf8"));
