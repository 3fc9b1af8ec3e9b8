import { createHmac } from 'node:crypto';

/** What the receiver compares with the header `x-harbor-signature`. */
export function signPayload(payload: string, secret: string): string {
  return createHmac('sha256', secret).update(payload).digest('hex');
}
