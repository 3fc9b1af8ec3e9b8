import nodemailer from "nodemailer";
import { config } from "./config.ts";
import type { Mailer } from "./newsletter.ts";

export function smtpMailer(host: string, user: string): Mailer {
  const transport = nodemailer.createTransport({ host, port: 465, secure: true, auth: { user, pass: config.smtpPassword } });
  return {
    async send(to, subject, body) {
      await transport.sendMail({ from: `Pigeonpost <${user}>`, to, subject, html: body });
    },
  };
}
