import path from 'node:path';

/** How the three processes of a hosted suite find each other: who starts them, what serves VS Code, and mocha inside it. */
export const HOSTED = {
  /** Socket of who started the suites: takes a JSON line for each test and one for the end. */
  results: 'SAVEPOINT_TEST_RESULTS',
  /** Socket of the page: answers what only the page knows. Not set on a desktop VS Code, whose page nobody reaches. */
  page: 'SAVEPOINT_TEST_PAGE',
  /** The folder for everything of this VS Code. */
  home: 'SAVEPOINT_TEST_HOME',
  /** Files of the suites, bundled, as JSON. */
  files: 'SAVEPOINT_TEST_FILES',
  /** The built command line. */
  cli: 'SAVEPOINT_TEST_CLI',
} as const;

export type HostedResult =
  | {
      readonly kind: 'test';
      readonly title: string;
      readonly state: 'passed' | 'failed' | 'pending';
      readonly durationMs: number;
      readonly error: string | null;
    }
  | { readonly kind: 'end'; readonly passed: number; readonly failed: number; readonly pending: number };

/** What mocha in the extension host may ask of the page. */
export type PageQuestion = 'beginLooking' | 'disturbances' | 'status';

export const socketsOf = (home: string): { readonly results: string; readonly page: string } => ({
  results: path.join(home, 'results.sock'),
  page: path.join(home, 'page.sock'),
});

/** While this file is there, the test of the workspace's slow module goes on. */
export const holdOf = (home: string): string => path.join(home, 'hold');

/** How long that test takes at least. */
export const SLOW_MS = 6_000;

/** Files of the workspace that suites edit: what exists is written at once, while a new file is made first and then filled. */
export const HOSTED_FILES = {
  slow: 'src/lib/slow.ts',
  payments: 'src/lib/payments.ts',
  stamped: 'src/lib/stamped.ts',
} as const;
export const BURST_FILES = Array.from({ length: 12 }, (_, number) => `src/lib/burst-${number}.ts`);
