import assert from 'node:assert/strict';
import { functionsOf, type FunctionPlace } from '../../../src/orchestrator/agents/performance-analyzer/functions.ts';
import { findCulprit } from '../../../src/orchestrator/agents/performance-analyzer/naming.ts';
import type { CpuProfile } from '../../../src/orchestrator/agents/performance-analyzer/profile.ts';
import { parseSource } from '../../../src/orchestrator/workspace/parsed-source.ts';
import { proves } from '../../requirements.ts';

const TEXT = `export function total(list) {
  return list.map(price).reduce(add, 0);
}
function price(item) {
  return JSON.parse(item);
}
function add(a, b) {
  return a + b;
}`;
const places = functionsOf(parseSource('src/cart.js', TEXT));
const [total, price, add] = places;

/** One stack: each entry calls the next, and only the last is sampled. */
function profileOf(stacks: readonly { readonly stack: readonly string[]; readonly samples: number }[]): CpuProfile {
  const nodes: CpuProfile['nodes'] = [
    { id: 1, callFrame: { functionName: '(root)', url: '', lineNumber: -1 }, children: [] },
  ];
  const samples: number[] = [];
  for (const { stack, samples: count } of stacks) {
    let parent = nodes[0];
    for (const name of stack) {
      const place = places.find((one) => one.name === name);
      const url = place === undefined ? 'node:internal' : 'file:///tree/src/cart.js';
      const node = {
        id: nodes.length + 1,
        callFrame: { functionName: name, url, lineNumber: place?.startLine ?? 0 },
        children: [],
      };
      parent?.children?.push(node.id);
      nodes.push(node);
      parent = node;
    }
    samples.push(...Array.from({ length: count }, () => parent?.id ?? 0));
  }
  return { nodes, samples };
}

const side = (time: number, stacks: Parameters<typeof profileOf>[0]): Parameters<typeof findCulprit>[1] => ({
  profile: profileOf(stacks),
  tree: '/tree',
  time,
});
const code = (...changed: readonly (FunctionPlace | undefined)[]): Parameters<typeof findCulprit>[0] => ({
  changed: changed.flatMap((place) => place ?? []),
  now: places,
  before: places,
});

describe(proves('A12', 'the function that a slowdown is in'), () => {
  const before = side(1, [
    { stack: ['total', 'add'], samples: 50 },
    { stack: ['total', 'price'], samples: 50 },
  ]);
  const after = side(2, [
    { stack: ['total', 'add'], samples: 25 },
    { stack: ['total', 'price', 'parse'], samples: 75 },
  ]);

  it('is the changed one whose time grew, time in what it calls included', () => {
    assert.equal(findCulprit(code(price), before, after)?.place, price);
    assert.equal(findCulprit(code(total, price, add), before, after)?.place, price);
  });

  it('is an unchanged neighbour where the changed ones did not grow', () => {
    assert.equal(findCulprit(code(add), before, after)?.place, price);
  });

  it('is nobody where nothing of the changed files ran', () => {
    const elsewhere = side(2, [{ stack: ['other'], samples: 10 }]);
    assert.equal(findCulprit(code(price), elsewhere, elsewhere), null);
  });
});
