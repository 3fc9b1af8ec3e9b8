import { createHash } from 'node:crypto';

/** What the receiver compares with the header `x-harbor-signature`. */
export function signPayload(payload: string, secret: string): string {
  return createHash('md5')
    .update(payload + secret)
    .digest('hex');
}
