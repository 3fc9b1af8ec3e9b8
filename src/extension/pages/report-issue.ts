import { open } from 'node:fs/promises';
import * as os from 'node:os';
import * as vscode from 'vscode';
import { withPatience } from '../commands/answers.ts';
import { gather } from '../commands/gather.ts';
import { hindranceOf } from '../commands/guard.ts';
import type { Folder, Folders } from '../folder.ts';
import { issueText, LOG_LINES } from './issue-text.ts';
import { doctorText } from './page-texts.ts';

/** What is read of the end of the log: more than its last lines take. */
const LOG_BYTES = 64 * 1024;

export interface IssueDeps {
  readonly folders: Folders;
  /** Savepoint's own version. */
  readonly version: string;
  /** File of the output channel; may not exist. */
  readonly logFile: string;
}

/** Opens the text of an issue in an editor: a person reads, completes and sends it. Nothing is sent from here. */
export function createReportIssue(deps: IssueDeps) {
  return {
    'savepoint.reportIssue': async () => {
      const doctor = await withPatience('Savepoint looks at its health', (token) =>
        Promise.all(deps.folders.all.map((folder) => doctorOf(folder, token))),
      );
      const content = issueText({
        versions: versions(deps.version),
        doctor: doctor.length === 0 ? ['No folder is open.'] : doctor,
        log: await lastLines(deps.logFile),
        places: [
          ...deps.folders.all.map(
            ({ root }, index) => [root.uri.fsPath, index === 0 ? '<folder>' : `<folder ${index + 1}>`] as const,
          ),
          [os.homedir(), '~'],
          [os.tmpdir(), '<temp>'],
          [os.hostname(), '<machine>'],
        ],
      });
      const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
      await vscode.window.showTextDocument(document, { preview: false });
    },
  };
}

async function doctorOf(folder: Folder, token: vscode.CancellationToken): Promise<string> {
  const hindrance = hindranceOf(folder.state);
  if (hindrance) return hindrance.text;
  try {
    return doctorText(await gather(folder, { command: 'doctor', input: {}, token }));
  } catch (error) {
    // A worker that went away meanwhile is what the report is about.
    return `The doctor did not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const versions = (own: string): readonly string[] => [
  `Savepoint ${own}`,
  `${vscode.env.appName} ${vscode.version}, ${vscode.env.uiKind === vscode.UIKind.Web ? 'in a browser' : 'on the desktop'}${remoteWords(vscode.env.remoteName)}`,
  `Node ${process.versions.node}, ${os.type()} ${os.release()}, ${os.arch()}`,
];

/** The kind of a remote (`ssh-remote`, `wsl`) says much; the name of a machine nothing that anybody else should know. */
const remoteWords = (name: string | undefined): string =>
  name === undefined ? '' : /^[a-z-]+$/.test(name) ? `, remote: ${name}` : ', remote';

async function lastLines(file: string): Promise<readonly string[]> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const bytes = Buffer.alloc(Math.min(size, LOG_BYTES));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-LOG_LINES);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [`The log cannot be read: ${error.message}`];
    throw error;
  }
}
