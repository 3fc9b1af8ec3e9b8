import {
  joinValues,
  UNKNOWN_VALUE,
  type Binding,
  type Frame,
  type Kind,
  type State,
  type Taint,
  type Value,
} from './value.ts';

export const newFrame = (parent: Frame | null): Frame => ({ names: new Map(), parent });
export const newState = (parent: State | null): State => ({
  parent,
  values: new Map(),
  checked: new Map(),
  ended: false,
});

export function declare(frame: Frame, name: string): Binding {
  const known = frame.names.get(name);
  if (known) return known;
  const binding = { name };
  frame.names.set(name, binding);
  return binding;
}

export function resolve(frame: Frame, name: string): Binding | undefined {
  for (let at: Frame | null = frame; at; at = at.parent) {
    const binding = at.names.get(name);
    if (binding) return binding;
  }
  return undefined;
}

export function read(state: State, binding: Binding): Value {
  for (let at: State | null = state; at; at = at.parent) {
    const value = at.values.get(binding);
    if (value) return value;
  }
  return UNKNOWN_VALUE;
}

/** Whether the name has a value on this way already. */
export function knows(state: State, binding: Binding): boolean {
  for (let at: State | null = state; at; at = at.parent) if (at.values.has(binding)) return true;
  return false;
}

/** What a function did to names of its callers stays; its own names go. */
export function commit(inside: State, state: State): void {
  for (const [binding, value] of inside.values) if (knows(state, binding)) state.values.set(binding, value);
  for (const [origin, kinds] of inside.checked) state.checked.set(origin, kinds);
}

export function markChecked(state: State, taint: Taint, kinds: readonly Kind[] | 'all'): void {
  for (const origin of taint.origins) {
    const known = state.checked.get(origin);
    if (known === 'all') continue;
    state.checked.set(origin, kinds === 'all' ? 'all' : new Set([...(known ?? []), ...kinds]));
  }
}

/** Whether a check of this origin, or of the object it is in, happened on the way here. */
function isChecked(state: State, origin: string, kind: Kind): boolean {
  for (let at: State | null = state; at; at = at.parent) {
    for (const [checkedOrigin, kinds] of at.checked) {
      if (origin !== checkedOrigin && !origin.startsWith(`${checkedOrigin}.`)) continue;
      if (kinds === 'all' || kinds.has(kind)) return true;
    }
  }
  return false;
}

/** Whether the value still carries something harmful of that kind here. */
export function isHarmful(state: State, taint: Taint, kind: Kind): boolean {
  if (taint.cleared.has(kind)) return false;
  for (const origin of taint.origins) if (!isChecked(state, origin, kind)) return true;
  return false;
}

/** Lays the outcome of branches over the state they started from. A branch that ended has no say. */
export function joinBranches(state: State, branches: readonly State[]): void {
  const alive = branches.filter((branch) => !branch.ended);
  if (alive.length === 0) {
    state.ended = branches.length > 0;
    return;
  }
  const bindings = new Set(alive.flatMap((branch) => [...branch.values.keys()]));
  for (const binding of bindings) {
    const before = read(state, binding);
    state.values.set(binding, alive.map((branch) => branch.values.get(binding) ?? before).reduce(joinValues));
  }
  const [first] = alive;
  for (const [origin, kinds] of first?.checked ?? []) {
    if (alive.every((branch) => branch.checked.get(origin) === 'all' || branch.checked.get(origin) === kinds))
      state.checked.set(origin, kinds);
  }
}
