import { execFile } from "node:child_process";
import path from "node:path";

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
