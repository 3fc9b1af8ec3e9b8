import type { Browser, Locator, Page } from 'playwright-core';
import type { ServedVscode } from '../host/serve.ts';
import { beginLooking, disturbancesOf, watchDisturbances, type Disturbances } from './disturbances.ts';

/** Theme ids of VS Code 1.139. */
export const THEMES = {
  dark: 'Dark 2026',
  light: 'Light 2026',
  hc: 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
} as const;
export type ThemeName = keyof typeof THEMES;

export const VIEWS = ['Runs', 'Activities', 'Workflows', 'Events', 'Health'] as const;
export type ViewName = (typeof VIEWS)[number];

/** One visible row of a tree. */
export interface Row {
  /** From 1. */
  readonly level: number;
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly aria: string;
  readonly expanded: boolean | null;
}

export interface Window {
  readonly page: Page;
  /** From the palette, by its title with the category ("Savepoint: Run Workflow"). */
  runCommand(title: string): Promise<void>;
  /** Opens a file of the folder by its relative path; the focus is then in its editor. */
  openFile(file: string): Promise<void>;
  /** Shows Savepoint's views in the side bar. */
  showViews(): Promise<void>;
  view(name: ViewName): Locator;
  rows(name: ViewName): Promise<readonly Row[]>;
  /** Text of our status bar item; null where it is not shown. */
  status(): Promise<string | null>;
  /** Waits until a view without rows says this. */
  welcomes(name: ViewName, text: RegExp): Promise<void>;
  /** Rows of the Problems panel, which this opens. */
  problems(): Promise<readonly string[]>;
  beginLooking(): Promise<void>;
  disturbances(): Promise<Disturbances>;
  reload(): Promise<void>;
  screenshot(file: string): Promise<void>;
  close(): Promise<void>;
}

export interface WindowOptions {
  readonly browser: Browser;
  readonly vscode: ServedVscode;
  readonly folder: string;
  readonly width?: number;
  readonly height?: number;
}

const READY_MS = 60_000;
/** Long enough for a loaded machine: what is not shown by then is not coming. */
const SHOWN_MS = 30_000;
const STATUS = '.statusbar-item[id^="savepoint.savepoint"]';

/** Opens a folder in a window of its own and waits for the workbench. */
export async function openWindow({
  browser,
  vscode,
  folder,
  width = 1280,
  height = 800,
}: WindowOptions): Promise<Window> {
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  await watchDisturbances(page);
  const ready = async (): Promise<void> => {
    await page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item', { timeout: READY_MS });
    // The explorer's rows, and the remote's extension host with them.
    await page.waitForSelector('.explorer-folders-view .monaco-list-row, .pane-header', { timeout: READY_MS });
  };
  await page.goto(`${vscode.url}/?folder=${encodeURIComponent(folder)}`);
  await ready();

  const quickInput = page.locator('.quick-input-widget');
  const pick = async (text: string): Promise<void> => {
    const input = quickInput.locator('input[type="text"]').first();
    await input.fill(text);
    await quickInput.locator('.quick-input-list .monaco-list-row').first().waitFor({ timeout: SHOWN_MS });
    await page.keyboard.press('Enter');
    await quickInput.waitFor({ state: 'hidden' }).catch(() => undefined);
  };
  const pane = (name: ViewName): Locator =>
    page.locator('.part.sidebar .pane', { has: page.locator(`.pane-header[aria-label^="${name}"]`) });

  return {
    page,
    async runCommand(title) {
      await page.keyboard.press('F1');
      await quickInput.waitFor();
      const input = quickInput.locator('input[type="text"]').first();
      await input.fill(`>${title}`);
      await quickInput
        .locator('.quick-input-list .monaco-list-row', { hasText: title })
        .first()
        .waitFor({ timeout: SHOWN_MS });
      await page.keyboard.press('Enter');
    },
    async openFile(file) {
      await page.keyboard.press('Control+P');
      await quickInput.waitFor();
      await pick(file);
      const name = file.split('/').at(-1) ?? file;
      await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor({ timeout: SHOWN_MS });
      await page.locator('.editor-instance .monaco-editor.focused').first().waitFor({ timeout: SHOWN_MS });
    },
    async showViews() {
      const icon = page.locator('.activitybar a[aria-label^="Savepoint"]').first();
      await icon.waitFor({ timeout: READY_MS });
      // The badge lies over the icon, and is part of it.
      if (!(await pane('Runs').isVisible())) await icon.click({ force: true });
      // Off the icon, whose hover would cover the views.
      await page.mouse.move(width / 2, 4);
      await pane('Runs').waitFor({ timeout: SHOWN_MS });
    },
    view: pane,
    rows: (name) => page.evaluate<readonly Row[]>(`savepointPage.rows('${name}')`),
    async status() {
      const item = page.locator(STATUS).first();
      return (await item.isVisible()) ? (await item.innerText()).trim() : null;
    },
    welcomes: (name, text) =>
      pane(name).locator('.welcome-view-content', { hasText: text }).waitFor({ timeout: SHOWN_MS }),
    async problems() {
      if (!(await page.locator('.markers-panel').isVisible())) await page.keyboard.press('Control+Shift+M');
      await page.locator('.markers-panel').waitFor({ timeout: SHOWN_MS });
      return page.locator('.markers-panel .monaco-list-row').allInnerTexts();
    },
    beginLooking: () => beginLooking(page),
    disturbances: () => disturbancesOf(page),
    async reload() {
      await page.reload();
      await ready();
    },
    screenshot: async (file) => {
      await page.screenshot({ path: file });
    },
    close: () => context.close(),
  };
}
