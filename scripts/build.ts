// Bundles what people run: the command line, the tool host, the extension and its worker. Packages that are native, or find files of
// theirs beside them, stay in node_modules: npm installs them as dependencies, scripts/package.ts copies what they need.
import { build, type Plugin } from 'esbuild';
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { noticesOf } from './lib/notices.ts';

/**
 * For each file with `import * as vscode`, esbuild would ask for `vscode` again and copy all its names, which took longer than the rest
 * of loading the extension. Through one module in the bundle it does so once.
 */
const vscodeOnce: Plugin = {
  name: 'vscode-once',
  setup(building) {
    building.onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === 'vscode-once' ? { path: 'vscode', external: true } : { path: 'vscode', namespace: 'vscode-once' },
    );
    building.onLoad({ filter: /^vscode$/, namespace: 'vscode-once' }, () => ({ contents: "export * from 'vscode';" }));
  },
};

const root = path.dirname(import.meta.dirname);
const out = path.join(root, 'dist');
const host = path.join(root, 'src/orchestrator/host');

const EXTERNAL = ['@vscode/tree-sitter-wasm', 'oxc-parser', 'oxc-resolver', 'oxlint', 'typescript', 'web-tree-sitter'];

rmSync(out, { recursive: true, force: true });
const common = {
  outdir: out,
  bundle: true,
  platform: 'node',
  target: 'node22',
  external: EXTERNAL,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  absWorkingDir: root,
} as const;
// Each in one file and required: what is needed is there without a look at the disk for each piece (savepoint.ts).
const required = await build({
  ...common,
  entryPoints: {
    cli: path.join(host, 'cli.ts'),
    worker: path.join(host, 'worker.ts'),
    extension: path.join(root, 'src/extension/extension.ts'),
    definitions: path.join(host, 'definitions.ts'),
    githost: path.join(host, 'githost.ts'),
  },
  plugins: [vscodeOnce],
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.filename': '__filename', 'import.meta.dirname': '__dirname' },
});
const imported = await build({
  ...common,
  entryPoints: { savepoint: path.join(host, 'savepoint.ts'), toolhost: path.join(host, 'toolhost.ts') },
  splitting: true,
  format: 'esm',
  chunkNames: '[name]-[hash]',
  banner: {
    // CommonJS packages in an ES module bundle ask for `require`.
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
cpSync(path.join(root, 'src/orchestrator/workflow/builtin'), path.join(out, 'builtin'), { recursive: true });
cpSync(path.join(root, 'src/orchestrator/agents/test-executor/reporters'), path.join(out, 'reporters'), {
  recursive: true,
});
cpSync(path.join(root, 'src/orchestrator/agents/performance-analyzer/meter'), path.join(out, 'meter'), {
  recursive: true,
});
chmodSync(path.join(out, 'savepoint.js'), 0o755);
writeFileSync(path.join(out, 'third-party-notices.txt'), noticesOf([required.metafile, imported.metafile], root));
