import { runInNewContext } from "node:vm";
import type { Subscriber } from "./db.ts";

export type Rule = (reader: Subscriber) => boolean;

/** Turns what the editor typed into a rule, such as `reader.name.length > 3`. */
export function compileRule(source: string): Rule {
  const build = Function;
  return build("reader", `return Boolean(${source})`) as Rule;
}

const OPERATORS = new Map<string, (value: string, wanted: string) => boolean>([
  ["is", (value, wanted) => value === wanted],
  ["has", (value, wanted) => value.includes(wanted)],
  ["starts", (value, wanted) => value.startsWith(wanted)],
]);

export function ruleFor(op: string, wanted: string): Rule {
  const test = OPERATORS.get(op);
  if (!test) throw new Error(`no operator ${op}`);
  return (reader) => test(reader.name, wanted);
}

export function fillTemplate(template: string, values: Record<string, string>): string {
  return template.replace(/\{\{(.+?)\}\}/g, (_, expr: string) => String(runInNewContext(expr, { ...values })));
}

/** Says whether node:vm works here at all. */
export const selfCheck = () => runInNewContext("6 * 7", {}, { timeout: 50 }) === 42;

/** How many readers joined on each of the last days, oldest first. */
export function joinedPerDay(readers: readonly Subscriber[], days: number, now: number): number[] {
  const counts = new Array<number>(days).fill(0);
  for (const reader of readers) {
    const age = Math.floor((now - reader.joinedAt) / 86_400_000);
    if (age >= 0 && age <= days) counts[days - 1 - age]! += 1;
  }
  return counts;
}

export function confirmedOnly(readers: Subscriber[]): Subscriber[] {
  return readers.filter((reader) => {
    if ((reader.confirmed = true)) return true;
    return false;
  });
}

export function words(text: string): string[] {
  const re = /[a-z]+/g;
  const out: string[] = [];
  let hit: RegExpExecArray | null;
  while ((hit = re.exec(text)) !== null) out.push(hit[0]);
  return out;
}
