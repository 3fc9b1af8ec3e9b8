import type { AssignFacts, CallFacts, Place } from '../flow/machine.ts';
import { isHarmful } from '../flow/state.ts';
import { taintOf, textOf, type Group, type Kind, type Taint, type Value } from '../flow/value.ts';
import type { Report } from './report.ts';
import { outsideAddress, SINKS } from './sinks.ts';

interface Flow {
  readonly rule: string;
  readonly kind: Kind;
  readonly groups: readonly Group[];
}

/** The taint of a value that is still harmful at this place, for this kind of harm. */
function harmful(value: Value | undefined, { kind, groups }: Flow, { state }: Place): Taint | null {
  const taint = value && taintOf(value);
  // A program that runs what its own command line says does what it is for; one that builds a command of it does not.
  if (taint?.group === 'argv' && value && !/[^\0\u0001\s]/.test(textOf(value))) return null;
  return taint && groups.includes(taint.group) && isHarmful(state, taint, kind) ? taint : null;
}

export function detectCallFlows(facts: CallFacts, report: Report): void {
  if (!facts.args.some((arg) => taintOf(arg))) return;
  for (const sink of SINKS) {
    const taint = harmful(sink.value(facts), sink, facts.place);
    if (taint) report(sink.rule, facts.node, taint);
  }
}

const HTML_MEMBERS = /^(?:innerHTML|outerHTML|srcdoc)$/;
const DOM_XSS: Flow = { rule: 'xss.dom', kind: 'xss', groups: ['dom', 'fetched', 'request'] };
const REFLECTED: Flow = { rule: 'xss.reflected', kind: 'xss', groups: ['request'] };
const REDIRECT: Flow = { rule: 'redirect.open', kind: 'redirect', groups: ['request', 'dom'] };
const POLLUTION: Flow = { rule: 'prototype.pollution', kind: 'prototype', groups: ['request', 'ipc', 'dom'] };

export function detectAssignFlows(facts: AssignFacts, report: Report): void {
  const { node, name, api, value, object, place } = facts;
  const tell = (flow: Flow, of: Value | undefined): void => {
    const taint = harmful(of, flow, place);
    if (taint) report(flow.rule, node, taint);
  };
  if (HTML_MEMBERS.test(name)) tell(DOM_XSS, value);
  if (/(?:^|\.)location(?:\.href)?$/.test(api) && object.role === undefined) tell(REDIRECT, outsideAddress(value));
  if (object.role === 'context' && name === 'body' && /<[a-z!][^]*\0/i.test(textOf(value))) tell(REFLECTED, value);
  // `a[k1][k2] = v` with k1 from outside: k1 may be `__proto__`.
  if (facts.outerKey) tell(POLLUTION, facts.outerKey);
}
