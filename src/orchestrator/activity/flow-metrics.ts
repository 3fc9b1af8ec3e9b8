/** How events of one type went through, over the last 1000 deliveries (SYSTEMS D11). Times in milliseconds. */
export interface FlowMetrics {
  readonly type: string;
  /** Deliveries in all. */
  readonly count: number;
  readonly mean: number;
  readonly max: number;
  readonly min: number;
  readonly p95: number;
  readonly eventsPerSecond: number;
  readonly queueDepth: number;
  /** 0 to 1. */
  readonly errorRate: number;
}

/** One event handled by one subscriber. */
export interface FlowSample {
  readonly type: string;
  /** When it was handled, on a clock that does not go back, milliseconds. */
  readonly at: number;
  /** How long the handler took, milliseconds. */
  readonly processingMs: number;
  readonly failed: boolean;
}

const KEPT = 1000;
/** Types of events are few; what somebody makes up beyond is counted together. */
const MAX_TYPES = 200;
const OTHERS = 'others';

interface Series {
  count: number;
  readonly at: Float64Array;
  readonly processingMs: Float64Array;
  readonly failed: Uint8Array;
}

export interface FlowMeter {
  add(sample: FlowSample): void;
  /** Those with most events first. */
  metrics(now: number, queueDepth: (type: string) => number): readonly FlowMetrics[];
}

/** Memory is bounded: what was measured longest ago is written over. */
export function createFlowMeter(): FlowMeter {
  const byType = new Map<string, Series>();

  function seriesOf(type: string): Series {
    const name = byType.has(type) || byType.size < MAX_TYPES ? type : OTHERS;
    const series = byType.get(name) ?? {
      count: 0,
      at: new Float64Array(KEPT),
      processingMs: new Float64Array(KEPT),
      failed: new Uint8Array(KEPT),
    };
    byType.set(name, series);
    return series;
  }

  return {
    add({ type, at, processingMs, failed }) {
      const series = seriesOf(type);
      const index = series.count++ % KEPT;
      series.at[index] = at;
      series.processingMs[index] = processingMs;
      series.failed[index] = failed ? 1 : 0;
    },
    metrics: (now, queueDepth) =>
      [...byType]
        .map(([type, series]) => metricsOf(type, series, { now, queueDepth: queueDepth(type) }))
        .sort((a, b) => b.count - a.count),
  };
}

function metricsOf(
  type: string,
  series: Series,
  { now, queueDepth }: { readonly now: number; readonly queueDepth: number },
): FlowMetrics {
  const kept = Math.min(series.count, KEPT);
  const times = series.processingMs.slice(0, kept).sort();
  const oldest = series.at[series.count > KEPT ? series.count % KEPT : 0] ?? now;
  const failed = series.failed.subarray(0, kept).reduce((sum, one) => sum + one, 0);
  return {
    type,
    count: series.count,
    mean: times.reduce((sum, one) => sum + one, 0) / kept,
    max: times[kept - 1] ?? 0,
    min: times[0] ?? 0,
    p95: times[Math.ceil(kept * 0.95) - 1] ?? 0,
    // A rate over less than a second would be a guess.
    eventsPerSecond: kept / Math.max(1, (now - oldest) / 1000),
    queueDepth,
    errorRate: failed / kept,
  };
}
