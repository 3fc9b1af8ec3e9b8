import { requireUser } from '../auth/sessions.ts';
import { requireText } from '../http/request.ts';
import { sendFile, sendJson } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { contentType, readDocument, saveDocument } from './uploads.ts';

export const routes: Route[] = [
  {
    method: 'POST',
    path: '/:name',
    async handle(req, res, { db, config }) {
      await requireUser(db, req);
      const data = Buffer.from(requireText(req.body, 'base64'), 'base64');
      await saveDocument(config.dataDir, req.params['name'], data);
      sendJson(res, 201, { name: req.params['name'], bytes: data.length });
    },
  },
  {
    method: 'GET',
    path: '/:name',
    async handle(req, res, { db, config }) {
      await requireUser(db, req);
      const name = req.params['name'];
      sendFile(res, contentType(name), await readDocument(config.dataDir, name));
    },
  },
];
