#!/usr/bin/env node
import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import { newCode } from "../src/links.ts";
import { fillTemplate } from "../src/segments.ts";
import { signId } from "../src/tokens.ts";

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  options: { length: { type: "string", short: "n" }, name: { type: "string" } },
  allowPositionals: true,
});

const [command, ...rest] = positionals;

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(file)) {
    for (const byte of chunk) if (byte === 10) lines++;
  }
  return lines;
}

switch (command) {
  case "serve": {
    const { serve } = await import("../src/server.ts");
    serve();
    break;
  }
  case "code":
    console.log(newCode(Number(values.length ?? 7)));
    break;
  case "count":
    console.log(await countLines(rest[0] ?? "readers.csv"));
    break;
  case "greet":
    console.log(fillTemplate("Hello {{name}}", { name: String(values.name ?? "reader") }));
    break;
  case "unsubscribe-link":
    console.log(signId(rest[0] ?? "", process.env.PIGEON_TOKEN_KEY ?? ""));
    break;
  default:
    console.error("usage: pigeon serve | code [-n 7] | count <csv> | greet --name x | unsubscribe-link <id>");
    process.exitCode = 2;
}
