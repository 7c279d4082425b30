/** What S3 answers in place of what was asked for. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  /** More elements of the error's document. */
  readonly more: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    more: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code);
    this.status = status;
    this.code = code;
    this.more = more;
    this.headers = headers;
  }
}
