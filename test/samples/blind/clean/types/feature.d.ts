declare module "nodemailer" {
  interface Transport {
    sendMail(mail: { from: string; to: string; subject: string; html: string }): Promise<{ messageId: string }>;
  }
  const nodemailer: { createTransport(options: { host: string; port: number; secure: boolean; auth: { user: string; pass: string } }): Transport };
  export default nodemailer;
}

declare module "adm-zip" {
  interface Entry {
    entryName: string;
    isDirectory: boolean;
    getData(): Uint8Array;
  }
  export default class AdmZip {
    constructor(data: Uint8Array);
    getEntries(): Entry[];
  }
}

declare module "node:v8" {
  export function deserialize(data: Uint8Array): unknown;
  export function serialize(value: unknown): Buffer;
}

declare module "dompurify" {
  const DOMPurify: { sanitize(dirty: string): string };
  export default DOMPurify;
}
