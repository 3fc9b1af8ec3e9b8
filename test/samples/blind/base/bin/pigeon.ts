#!/usr/bin/env node
import { parseArgs } from "node:util";
import { newCode } from "../src/links.ts";
import { signId } from "../src/tokens.ts";

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  options: { length: { type: "string", short: "n" } },
  allowPositionals: true,
});

const [command, ...rest] = positionals;

switch (command) {
  case "serve": {
    const { serve } = await import("../src/server.ts");
    serve();
    break;
  }
  case "code":
    console.log(newCode(Number(values.length ?? 7)));
    break;
  case "unsubscribe-link":
    console.log(signId(rest[0] ?? "", process.env.PIGEON_TOKEN_KEY ?? ""));
    break;
  default:
    console.error("usage: pigeon serve | code [-n 7] | unsubscribe-link <id>");
    process.exitCode = 2;
}
