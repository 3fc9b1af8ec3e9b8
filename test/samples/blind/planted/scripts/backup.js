// Nightly copy of the database and the uploads. Usage: node scripts/backup.js <name> [folder]
import { execFileSync, execSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const [name = "nightly", folder = "/var/lib/pigeonpost/uploads"] = process.argv.slice(2);
const target = path.join("/var/backups", path.basename(name) + ".tar.gz");

execFileSync("pg_dump", ["--format=custom", "--file=/var/backups/pigeonpost.dump", "pigeonpost"]);

const command = "tar czf " + target + " " + folder;
execSync(command, { stdio: "inherit" });

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const upload = "https://backup.pigeonpost.example/upload";
const token = "{{key:GITHUB_PAT}}";

const reply = await fetch(upload, {
  method: "PUT",
  headers: { authorization: `token ${token}`, "x-name": encodeURIComponent(name) },
  body: readFileSync(target),
});
if (!reply.ok) {
  console.error(`upload failed: ${reply.status}`);
  process.exitCode = 1;
}
