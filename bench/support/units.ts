const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
export const GIB: number = 1024 ** 3;
const MIB = 1024 ** 2;

export function perSecond(value: number): string {
  return `${WHOLE.format(value)}/s`;
}

export function gibPerSecond(bytesPerSecond: number): string {
  return `${(bytesPerSecond / GIB).toFixed(2)} GiB/s`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function milliseconds(ms: number): string {
  return `${WHOLE.format(ms)} ms`;
}

export function microseconds(inSeconds: number): string {
  return `${WHOLE.format(inSeconds * 1e6)} µs`;
}

export function cpuSeconds(value: number): string {
  return `${value.toFixed(value < 0.1 ? 4 : 2)} s`;
}

export function mib(bytes: number): string {
  return `${WHOLE.format(bytes / MIB)} MiB`;
}

export function count(value: number): string {
  return WHOLE.format(value);
}

export function times(factor: number): string {
  return `${factor.toFixed(factor < 0.1 ? 4 : 2)}x`;
}
