import type ts from 'typescript';
import type { Taint } from '../flow/value.ts';

/** Where detectors put what they found. The same rule at the same place counts once. */
export type Report = (rule: string, node: ts.Node, taint?: Taint) => void;
