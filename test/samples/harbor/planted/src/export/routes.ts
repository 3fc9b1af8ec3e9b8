import { exec } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireUser } from '../auth/sessions.ts';
import { noteFromRow } from '../billing/credit-notes.ts';
import type { CreditNoteRow } from '../billing/credit-notes.ts';
import { sendFile, sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { contentType, documentPath, saveDocument } from '../storage/uploads.ts';
import { toCsv } from './csv.ts';
import { createDownloadToken } from './links.ts';

const run = promisify(exec);

async function logExport(dataDir: string, line: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const log = await open(join(dataDir, 'exports.log'), 'a');
  await log.appendFile(`${new Date().toISOString()} ${line}\n`);
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
      await run(`wkhtmltopdf --title "${req.body.title}" http://127.0.0.1:8080/exports ${target}`);
      sendJson(res, 201, { created: true });
    },
  },
  {
    method: 'GET',
    path: '/files/:name',
    async handle(req, res, { db, config }) {
      await requireUser(db, req);
      const data = await readFile(join(config.dataDir, 'documents', req.params.name));
      sendFile(res, contentType(req.params.name), data);
    },
  },
  {
    method: 'GET',
    path: '/done',
    async handle(req, res, { db }) {
      await requireUser(db, req);
      res.writeHead(302, { location: req.query.next ?? '/exports' });
      res.end();
    },
  },
];
