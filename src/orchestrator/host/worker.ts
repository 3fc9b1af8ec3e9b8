/** Entry of the worker thread in which an editor keeps the orchestrator: started by src/extension/worker-link.ts, one per folder. */
import { workerData, type MessagePort } from 'node:worker_threads';
import type { WorkerSetup } from '../../contract/worker.ts';
import { serveEditor } from './worker/serve.ts';

const { setup, port } = workerData as { readonly setup: WorkerSetup; readonly port: MessagePort };
serveEditor({ setup, port });
