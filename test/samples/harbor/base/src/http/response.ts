import type { ServerResponse } from 'node:http';

export function sendJson(res: ServerResponse, status: number, data: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  res.end(JSON.stringify(data));
}

/** `html` must have been put together from escaped parts. */
export function sendHtml(res: ServerResponse, status: number, html: string): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'self'",
    'x-content-type-options': 'nosniff',
  });
  res.end(html);
}

export function sendFile(res: ServerResponse, type: string, data: Uint8Array): void {
  res.writeHead(200, {
    'content-type': type,
    'content-disposition': 'attachment',
    'content-length': data.length,
  });
  res.end(data);
}
