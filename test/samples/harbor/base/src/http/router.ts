import type { ServerResponse } from 'node:http';
import type { AuditLog } from '../audit/log.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/client.ts';
import { HttpError } from './request.ts';
import type { ApiRequest } from './request.ts';

export interface AppContext {
  config: Config;
  db: Db;
  audit: AuditLog | null;
}

export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below the mount point: `/:id/payments`. */
  path: string;
  handle(req: ApiRequest, res: ServerResponse, app: AppContext): Promise<void>;
}

type Load = () => Promise<{ routes: Route[] }>;

export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const want = pattern.split('/').filter(Boolean);
  const have = path.split('/').filter(Boolean);
  if (want.length !== have.length) return null;
  const params: Record<string, string> = {};
  for (let i = 0; i < want.length; i++) {
    if (want[i].startsWith(':')) params[want[i].slice(1)] = decodeURIComponent(have[i]);
    else if (want[i] !== have[i]) return null;
  }
  return params;
}

export class Router {
  readonly #mounts: { prefix: string; load: Load }[] = [];

  /** The module is loaded with its first request. */
  mount(prefix: string, load: Load): void {
    this.#mounts.push({ prefix, load });
  }

  async dispatch(req: ApiRequest, res: ServerResponse, app: AppContext): Promise<void> {
    for (const { prefix, load } of this.#mounts) {
      if (req.path !== prefix && !req.path.startsWith(`${prefix}/`)) continue;
      const { routes } = await load();
      for (const route of routes) {
        if (route.method !== req.method) continue;
        const params = matchPath(route.path, req.path.slice(prefix.length));
        if (params !== null) return route.handle({ ...req, params }, res, app);
      }
    }
    throw new HttpError(404, `nothing at ${req.method} ${req.path}`);
  }
}
