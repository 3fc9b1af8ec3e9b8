// What a package may hold and must hold, apart from how it is made: the other side of vsix-content.ts.

export interface Listing {
  readonly allowed: readonly RegExp[];
  readonly needed: readonly string[];
}

/** Sentences; none where the files are as they should be. */
export function problemsOf(files: readonly string[], { allowed, needed }: Listing): readonly string[] {
  const extra = files.filter((file) => !allowed.some((pattern) => pattern.test(file)));
  const missing = needed.filter((file) => !files.includes(file));
  return [
    ...extra.map((file) => `${file} does not belong in the package`),
    ...missing.map((file) => `${file} is missing from the package`),
  ];
}

/** Of a platform's .vsix, below `extension/`, under the names that the repository gives them. */
export const VSIX: Listing = {
  allowed: [
    /^package\.json$/,
    /^(?:README|CHANGELOG)\.md$/,
    /^LICENSE$/,
    /^\.vscodeignore$/,
    /^media\/(?:icon\.png|savepoint\.svg)$/,
    /^docs\/(?:agents\/)?[\w.-]+\.md$/,
    /^dist\/[\w.-]+\.c?js$/,
    /^dist\/third-party-notices\.txt$/,
    /^dist\/builtin\/[\w.-]+\.yaml$/,
    /^dist\/(?:reporters|meter)\/[\w-]+\.[cm]js$/,
    /^dist\/node_modules\/(?:@[\w-]+\/)?[\w-]+\/(?:package\.json|LICENSE(?:\.txt)?|ThirdPartyNoticeText\.txt)$/,
    /^dist\/node_modules\/typescript\/lib\/(?:typescript\.js|lib(?:\.[\w.]+)?\.d\.ts)$/,
    /^dist\/node_modules\/web-tree-sitter\/web-tree-sitter\.(?:js|wasm)$/,
    /^dist\/node_modules\/@vscode\/tree-sitter-wasm\/wasm\/tree-sitter-[\w-]+\.wasm$/,
    /^dist\/node_modules\/oxlint\/(?:bin\/oxlint|dist\/[\w-]+\.js)$/,
    /^dist\/node_modules\/oxc-parser\/src-js\/[\w/-]+\.c?js$/,
    /^dist\/node_modules\/oxc-resolver\/index\.js$/,
    /^dist\/node_modules\/@ox(?:lint|c-parser|c-resolver)\/binding-[\w-]+\/[\w.-]+\.node$/,
  ],
  needed: [
    'package.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'media/icon.png',
    'media/savepoint.svg',
    'dist/extension.cjs',
    'dist/worker.cjs',
    'dist/definitions.cjs',
    'dist/cli.cjs',
    'dist/savepoint.js',
    'dist/toolhost.js',
    'dist/githost.cjs',
    'dist/third-party-notices.txt',
    'dist/builtin/on-save-checks.yaml',
    'dist/builtin/tsddr-2.0.yaml',
    'dist/builtin/kiro-workflow.yaml',
    'dist/node_modules/typescript/lib/typescript.js',
    'dist/node_modules/typescript/lib/lib.d.ts',
    'dist/node_modules/typescript/lib/lib.dom.d.ts',
    'dist/node_modules/oxlint/bin/oxlint',
    'dist/node_modules/oxc-parser/src-js/index.js',
    'dist/node_modules/oxc-resolver/index.js',
    'dist/node_modules/web-tree-sitter/web-tree-sitter.wasm',
    'dist/node_modules/@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm',
  ],
};
