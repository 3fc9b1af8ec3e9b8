import { execFile } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireUser } from '../auth/sessions.ts';
import { noteFromRow } from '../billing/credit-notes.ts';
import type { CreditNoteRow } from '../billing/credit-notes.ts';
import { HttpError } from '../http/request.ts';
import { sendFile, sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { contentType, documentPath, readDocument, saveDocument } from '../storage/uploads.ts';
import { toCsv } from './csv.ts';
import { createDownloadToken } from './links.ts';

const run = promisify(execFile);

const AFTERWARDS: Record<string, string> = { list: '/exports', notes: '/credit-notes', audit: '/audit' };

async function logExport(dataDir: string, line: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const log = await open(join(dataDir, 'exports.log'), 'a');
  try {
    await log.appendFile(`${new Date().toISOString()} ${line}\n`);
  } finally {
    await log.close();
  }
}

export const routes: Route[] = [
  {
    method: 'POST',
    path: '/csv',
    async handle(req, res, { db, config }) {
      const user = await requireUser(db, req);
      const rows = await db.query<CreditNoteRow>('SELECT * FROM credit_notes ORDER BY id');
      const name = `credit-notes-${createDownloadToken()}.csv`;
      await saveDocument(config.dataDir, name, Buffer.from(toCsv(rows.map(noteFromRow))));
      await logExport(config.dataDir, `${user} ${name}`);
      sendJson(res, 201, { name });
    },
  },
  {
    method: 'POST',
    path: '/pdf',
    async handle(req, res, { db, config }) {
      await requireUser(db, req);
      const target = documentPath(config.dataDir, `${createDownloadToken()}.pdf`);
      const title = String(req.body.title).slice(0, 80);
      await run('wkhtmltopdf', ['--title', title, 'http://127.0.0.1:8080/exports', target]);
      sendJson(res, 201, { created: true });
    },
  },
  {
    method: 'GET',
    path: '/files/:name',
    async handle(req, res, { db, config }) {
      await requireUser(db, req);
      const data = await readDocument(config.dataDir, req.params.name);
      sendFile(res, contentType(req.params.name), data);
    },
  },
  {
    method: 'GET',
    path: '/done',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      const location = AFTERWARDS[req.query.next ?? 'list'];
      if (location === undefined) throw new HttpError(400, 'next is list, notes or audit');
      res.writeHead(302, { location });
      res.end();
    },
  },
];
