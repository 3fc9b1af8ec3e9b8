const ORCHESTRATOR = '^src/orchestrator/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Move what both need into a file of its own, below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'contract-is-the-floor',
      comment: 'src/contract crosses threads and processes: it imports nothing but itself, zod and types.',
      severity: 'error',
      from: { path: '^src/contract/' },
      to: { pathNot: ['^src/contract/', 'node_modules/zod'] },
    },
    {
      name: 'no-vscode-in-orchestrator',
      comment: 'The orchestrator runs without VS Code: put it in src/extension and pass it in.',
      severity: 'error',
      from: { path: '^src/(contract|orchestrator)/' },
      to: { path: '^vscode$' },
    },
    {
      name: 'host-is-the-top',
      comment: 'Only entry points compose: take what you need as a dependency instead of importing host.',
      severity: 'error',
      from: { path: ORCHESTRATOR, pathNot: '^src/orchestrator/host/' },
      to: { path: '^src/orchestrator/host/' },
    },
    {
      name: 'agents-do-not-know-workflows',
      comment:
        'An agent gets a request and gives an outcome (agents/agent.ts); what agents share is workspace/ and process/.',
      severity: 'error',
      from: { path: '^src/orchestrator/(agents|integration)/' },
      to: { path: '^src/orchestrator/(workflow|journal|commands)/' },
    },
    {
      name: 'agents-do-not-know-each-other',
      comment: 'What two agents share belongs to workspace/ or process/.',
      severity: 'error',
      from: { path: '^src/orchestrator/agents/([^/]+)/' },
      to: { path: '^src/orchestrator/agents/[^/]+/', pathNot: '^src/orchestrator/agents/$1/' },
    },
    {
      name: 'workspace-and-process-are-low',
      comment: 'workspace/ and process/ serve agents: they know nothing above them.',
      severity: 'error',
      from: { path: '^src/orchestrator/(workspace|process)/' },
      to: { path: '^src/orchestrator/(workflow|journal|agents|integration|commands)/' },
    },
    {
      name: 'journal-is-low',
      comment: 'The journal stores events, whatever they mean.',
      severity: 'error',
      from: { path: '^src/orchestrator/journal/' },
      to: {
        path: '^src/orchestrator/(workflow|agents|integration|commands|workspace|process)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'native-code-may-be-missing',
      comment: 'The universal package has no oxc: take it from workspace/native-parts.ts, which says null then.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules/(oxc-|oxlint)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'board-is-a-fold',
      comment: 'The board is made of events and facts: who knows files, locks or threads hands them in.',
      severity: 'error',
      from: { path: '^src/orchestrator/board/' },
      to: {
        pathNot: [
          '^src/contract/',
          '^src/orchestrator/board/',
          '^src/orchestrator/activity/(activity-fold|left-open)[.]ts$',
          '^src/orchestrator/workflow/run-(events|state|view|rules)[.]ts$',
          '^src/orchestrator/env[.]ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'editor-talks-to-the-worker',
      comment: 'The orchestrator lives in the worker: ask it over the channel. Only contract, channel and types cross.',
      severity: 'error',
      from: { path: '^src/(extension|views)/' },
      to: {
        path: '^src/orchestrator/',
        pathNot: '^src/orchestrator/channel/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'views-are-above-the-extension',
      comment: 'What views and other surfaces share is of the extension; only attention.ts puts views in.',
      severity: 'error',
      from: { path: '^src/extension/', pathNot: '^src/extension/attention/attention[.]ts$' },
      to: { path: '^src/views/' },
    },
    {
      name: 'no-test-in-product',
      comment: 'Product code never imports tests.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'not-declared',
      comment: 'Add it to package.json and docs/dependencies.md.',
      severity: 'error',
      from: { path: '^src/' },
      // The module `vscode` is the editor's own; only its types are a package.
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], pathNot: '^node_modules/@types/vscode/' },
    },
    {
      name: 'not-found',
      comment: 'This import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['test/samples/[^/]+/(base|planted|clean)/', 'test/fixtures/', 'dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
