import { chromium, type Browser } from 'playwright-core';
import { ensureVscodeHost } from '../../../scripts/vscode-host.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Chromium without a window; its profile is gone with it. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: ensureVscodeHost().chromium, args: FLAGS });
