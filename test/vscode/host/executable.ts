#!/usr/bin/env node
// Stands in for VS Code's executable where @vscode/test-electron starts one: serves VS Code, opens it in a browser with the
// extension and the tests that the arguments name, and ends with their exit code. A dead server, a crashed page and a
// time-out are failures.
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../page/browser.ts';
import { beginLooking, disturbancesOf, watchDisturbances } from '../page/disturbances.ts';
import { HOSTED, type PageQuestion } from './hosted.ts';
import { serveVscode, type ServedVscode } from './serve.ts';

/** More than the tests of one suite may take together on a loaded machine. */
const TIMEOUT_MS = 20 * 60_000;
const STATUS = '.statusbar-item[id^="savepoint.savepoint"]';

const [folder] = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const option = (name: string): string => {
  const value = process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
  if (value === undefined) throw new Error(`--${name}=… is missing`);
  return value;
};
const home = process.env[HOSTED.home];
if (folder === undefined || home === undefined) throw new Error(`a folder and ${HOSTED.home} are needed`);

const vscode = await serveVscode({ home, installed: false, runsTests: true, env: inherited() });
const browser = await openBrowser();
let code: number;
try {
  code = await runTests(vscode, browser);
  // Shown where the suite failed, an end with code 0 before any test included.
  process.stderr.write(
    `The logs:\n${vscode.log('remoteexthost').slice(-1_500)}\n${vscode.log('Savepoint').slice(-2_000)}\n`,
  );
} finally {
  await browser.close();
  await vscode.stop();
}
process.exitCode = code;

/** The suites' own variables; everything else of who runs them stays outside. */
function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => /^SAVEPOINT_/.test(entry[0]) && entry[1] !== undefined,
    ),
  );
}

async function runTests(served: ServedVscode, chromium: Browser): Promise<number> {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const answers = answerQuestions(page);
  const tail: string[] = [];
  const say = (text: string): void => {
    tail.push(text);
    if (tail.length > 40) tail.shift();
  };
  const over = new Promise<number>((resolve, reject) => {
    void page.exposeFunction('codeAutomationExit', (exit: number) => resolve(exit));
    void page.exposeFunction('codeAutomationLog', (type: string, args: unknown) =>
      say(`${type} ${JSON.stringify(args)}`),
    );
    page.on('crash', () => reject(new Error('the page crashed')));
    void served.ended.then((exit) => reject(new Error(`the server ended with exit code ${exit}`)));
    setTimeout(() => reject(new Error(`not done after ${TIMEOUT_MS / 60_000} min`)), TIMEOUT_MS).unref();
  });
  await watchDisturbances(page);
  const remote = (file: string): string => `vscode-remote://remote${file}`;
  const payload = JSON.stringify([
    ['extensionDevelopmentPath', remote(option('extensionDevelopmentPath'))],
    ['extensionTestsPath', remote(option('extensionTestsPath'))],
  ]);
  try {
    await page.goto(`${served.url}/?folder=${encodeURIComponent(folder ?? '')}&payload=${encodeURIComponent(payload)}`);
    return await over;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}. The workbench's last words:\n${tail.join('\n')}\n`);
    return 1;
  } finally {
    answers.close();
  }
}

/** One question a line, one answer a line. */
function answerQuestions(page: Page): Server {
  const ask: Record<PageQuestion, () => Promise<unknown>> = {
    beginLooking: () => beginLooking(page).then(() => null),
    disturbances: () => disturbancesOf(page),
    status: () => page.locator(STATUS).first().innerText(),
  };
  return createServer((socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      const question = line as PageQuestion;
      ask[question]().then(
        (answer) => socket.write(`${JSON.stringify({ answer })}\n`),
        (error: unknown) => socket.write(`${JSON.stringify({ error: String(error) })}\n`),
      );
    });
  }).listen(process.env[HOSTED.page]);
}
