import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { HttpError, readRequest } from './http/request.ts';
import { sendJson } from './http/response.ts';
import { Router } from './http/router.ts';
import type { AppContext } from './http/router.ts';

function mounts(): Router {
  const router = new Router();
  router.mount('/bookings', () => import('./bookings/routes.ts'));
  router.mount('/invoices', () => import('./billing/routes.ts'));
  router.mount('/documents', () => import('./storage/routes.ts'));
  router.mount('/partners', () => import('./partners/routes.ts'));
  router.mount('/credit-notes', () => import('./billing/credit-note-routes.ts'));
  router.mount('/credits', () => import('./billing/credit-move-routes.ts'));
  router.mount('/webhooks', () => import('./webhooks/routes.ts'));
  router.mount('/exports/views', () => import('./export/view-routes.ts'));
  router.mount('/exports/accounting', () => import('./export/accounting-routes.ts'));
  router.mount('/exports', () => import('./export/routes.ts'));
  router.mount('/audit', () => import('./audit/routes.ts'));
  router.mount('/login', () => import('./auth/routes.ts'));
  return router;
}

export function createApp(app: AppContext): Server {
  const router = mounts();
  return createServer((req, res) => {
    readRequest(req)
      .then((request) => router.dispatch(request, res, app))
      .catch((error: unknown) => {
        const status = error instanceof HttpError ? error.status : 500;
        if (status === 500) console.error(error);
        if (res.headersSent) res.end();
        else sendJson(res, status, { error: error instanceof HttpError ? error.message : 'internal error' });
      });
  });
}
