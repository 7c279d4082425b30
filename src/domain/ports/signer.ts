/** Signs text for those who have the same secret. */
export interface Signer {
  sign(text: string): string;
  /** Takes as long, whatever the difference is. */
  isSigned(text: string, signature: string): boolean;
}
