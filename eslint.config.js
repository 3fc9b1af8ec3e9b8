import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist',
      'test/samples/*/{base,planted,clean}',
      'test/fixtures',
      '.vscode-test',
      'src/orchestrator/agents/test-executor/reporters',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that defines it.' },
      ],
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-lines': ['error', { max: 400 }],
      'max-params': ['error', { max: 3 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // Everything that decides or folds must give the same answer for the same input (docs/architecture.md).
    files: [
      'src/contract/**/*.ts',
      'src/orchestrator/workflow/{decide*,run-rules,run-state,run-view,retry-policy}.ts',
      'src/orchestrator/activity/{activity-fold,budget,decide-triggers,open-activity,schedule,settle-gate,why-words}.ts',
      'src/orchestrator/activity/{temporal,semantic,digest,processing-mode,adaptive-batching,flow-metrics}.ts',
      'src/orchestrator/board/*.ts',
      'src/extension/{worker/{restarts,cut-off},edits/{hints,kept-writes},problems/shift}.ts',
      'src/extension/{folder-facts,attention/{status,status-item,run-status,menu-items,notices,badge-count,health-rows}}.ts',
      'src/views/trees/{activities,events,health,node,runs,standing,steps,workflows}.ts',
    ],
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'setInterval', 'performance', 'crypto'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take the time as a parameter.' },
        { object: 'Math', property: 'random', message: 'Take the random number as a parameter.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*'], message: 'Pure code imports no node module: move the effect to the caller.' },
          ],
        },
      ],
    },
  },
  {
    // Tables of rules are read entry by entry, not from top to bottom.
    files: ['src/orchestrator/agents/*/**/rules/*.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      'max-lines': ['error', { max: 600 }],
    },
  },
);
