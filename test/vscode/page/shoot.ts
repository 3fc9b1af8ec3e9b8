// One picture of a real VS Code with the extension as it was built last (`node scripts/build.ts`).
//   node test/vscode/page/shoot.ts --folder F --out x.png [--theme dark|light|hc|hc-light] [--view] [--open FILE]
//     [--command "Title"]… [--wait SELECTOR] [--for MS] [--settings JSON] [--width N] [--height N] [--untrusted] [--state DIR]
// Without --folder: a copy of the sample with its planted change. --view shows Savepoint's views in the side bar.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { copySample } from '../../samples/copy-sample.ts';
import { serveVscode } from '../host/serve.ts';
import { openBrowser } from './browser.ts';
import { THEMES, openWindow, type ThemeName } from './window.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    out: { type: 'string', default: 'window.png' },
    theme: { type: 'string', default: 'dark' },
    view: { type: 'boolean', default: false },
    open: { type: 'string' },
    command: { type: 'string', multiple: true, default: [] },
    wait: { type: 'string' },
    for: { type: 'string', default: '1000' },
    settings: { type: 'string', default: '{}' },
    width: { type: 'string', default: '1280' },
    height: { type: 'string', default: '800' },
    untrusted: { type: 'boolean', default: false },
    state: { type: 'string' },
  },
});
if (!Object.hasOwn(THEMES, values.theme)) throw new Error(`--theme is one of ${Object.keys(THEMES).join(', ')}`);
const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'savepoint-shoot-')));
let folder = values.folder === undefined ? undefined : realpathSync(values.folder);
if (folder === undefined) {
  folder = path.join(home, 'harbor-api');
  await copySample({ sample: 'harbor', variant: 'planted', into: folder });
}
const vscode = await serveVscode({
  home,
  asksForTrust: values.untrusted,
  settings: {
    'workbench.colorTheme': THEMES[values.theme as ThemeName],
    ...(JSON.parse(values.settings) as Record<string, unknown>),
  },
  env: values.state === undefined ? {} : { SAVEPOINT_STATE_DIR: path.resolve(values.state) },
});
const browser = await openBrowser();
try {
  const window = await openWindow({
    browser,
    vscode,
    folder,
    width: Number(values.width),
    height: Number(values.height),
  });
  if (values.view) await window.showViews();
  if (values.open !== undefined) await window.openFile(values.open);
  for (const title of values.command) await window.runCommand(title);
  if (values.wait !== undefined) await window.page.waitForSelector(values.wait, { timeout: 60_000 });
  await window.page.waitForTimeout(Number(values.for));
  await window.screenshot(values.out);
  process.stdout.write(`${values.out}\n`);
} finally {
  await browser.close();
  await vscode.stop();
  rmSync(home, { recursive: true, force: true });
}
