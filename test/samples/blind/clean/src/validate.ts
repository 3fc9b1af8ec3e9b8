export function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol } = new URL(text);
  return protocol === "http:" || protocol === "https:";
}

export function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text);
}

export function isSlug(text: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);
}

const NAME = /^\w+(\s\w+)*$/;

export function isDisplayName(text: string): boolean {
  return NAME.test(text);
}

export function trimTags(text: string): string {
  return text.replace(/<[^<>]*>$/, "");
}

export function isHexColour(text: string): boolean {
  return /^#(?:[0-9a-f]{3}){1,2}$/i.test(text);
}

export function containsWord(text: string, word: string): boolean {
  const quoted = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`\\b${quoted}\\b`, "i").test(text);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

export function pageSize(raw: string | undefined): number {
  return clamp(Number(raw ?? 20), 1, 100);
}

/** How far the bar hangs over, mirrored for right-to-left pages. */
export function mirrored(low: number, high: number, value: number): number {
  return clamp(-value, -high, -low);
}
