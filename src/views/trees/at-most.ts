/** Calls at most once in so many milliseconds: at once after a rest, else at the end of it. */
export function createAtMost(ms: number, call: () => void): { readonly ask: () => void; readonly dispose: () => void } {
  let last = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  const run = (): void => {
    timer = undefined;
    last = performance.now();
    call();
  };
  return {
    ask() {
      if (timer !== undefined) return;
      const wait = last + ms - performance.now();
      if (wait <= 0) run();
      else timer = setTimeout(run, wait);
    },
    dispose: () => clearTimeout(timer),
  };
}
