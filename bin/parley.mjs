#!/usr/bin/env node
import { launch } from "../tools/launch.mjs";

launch("parley", process.argv.slice(2));
