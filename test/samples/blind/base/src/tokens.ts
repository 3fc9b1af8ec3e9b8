import { createHmac, timingSafeEqual } from "node:crypto";

/** Tokens for confirm and unsubscribe links: `<id>.<mac>`. */
export function signId(id: string, key: string): string {
  return `${id}.${createHmac("sha256", key).update(id).digest("base64url")}`;
}

export function readSignedId(token: string, key: string): string | undefined {
  const id = token.slice(0, Math.max(0, token.lastIndexOf(".")));
  const expected = Buffer.from(signId(id, key));
  const given = Buffer.from(token);
  return expected.length === given.length && timingSafeEqual(expected, given) ? id : undefined;
}
