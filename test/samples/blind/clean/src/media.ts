import { exec, execFile, spawn } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const runFile = promisify(execFile);

export function thumbnailName(file: string, width: number): string {
  const ext = path.extname(file);
  return `${path.basename(file, ext)}-${width}w${ext}`;
}

/** Makes a thumbnail beside the original with ImageMagick. */
export function makeThumbnail(file: string, width: number): Promise<string> {
  const out = path.join(path.dirname(file), thumbnailName(file, width));
  return new Promise((resolve, reject) => {
    execFile("convert", ["--", file, "-resize", `${width}x`, out], (err) => (err ? reject(err) : resolve(out)));
  });
}

export async function watermark(file: string, caption: string): Promise<string> {
  const out = file.replace(/\.\w+$/, "-marked.png");
  await run("convert", [file, "-annotate", "+8+8", caption, out]);
  return out;
}

export async function imageSize(file: string): Promise<string> {
  const { stdout } = await runFile("identify", ["-format", "%wx%h", file]);
  return stdout.trim();
}

export function optimise(file: string, quality: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn("jpegoptim", ["-m", quality, file], { stdio: "ignore" });
    child.on("error", reject).on("exit", resolve);
  });
}

export function toolVersion(): Promise<string> {
  return new Promise((resolve, reject) => {
    exec("convert -version | head -n 1", (err, out) => (err ? reject(err) : resolve(out.trim())));
  });
}
