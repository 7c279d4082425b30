const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const GIB = 1024 ** 3;

export function perSecond(value: number): string {
  return `${WHOLE.format(value)}/s`;
}

export function gibPerSecond(bytesPerSecond: number): string {
  return `${(bytesPerSecond / GIB).toFixed(2)} GiB/s`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function times(factor: number): string {
  return `${factor.toFixed(factor < 0.1 ? 4 : 2)}x`;
}
