import { type TlsFault, type TlsOptions, tlsFaults } from '../../../adapters/http/tls-files.ts';
import { listOf, refused, section, setting } from '../declare.ts';
import type { Section } from '../schema.ts';
import { oneOf, text } from '../value-types.ts';
import type { Values } from '../values.ts';

const CLIENT_AUTH = oneOf(
  'request-client-cert',
  'require-any-client-cert',
  'verify-client-cert-if-given',
  'require-and-verify-client-cert',
);

/** What was asked for would not be there. */
const notYet = refused(
  (key) => `${key} is not supported yet; refusing to start without the protection it asks for`,
);

const letsencrypt = section(
  {
    cachefile: setting(text, { help: 'Where its certificates are kept.' }),
    email: setting(text, { help: 'Contact address.' }),
    hosts: setting(listOf(text), { help: 'Host names to get certificates for.' }),
    directoryurl: setting(text, { help: 'ACME directory.' }),
  },
  { standing: notYet, help: "Certificates from Let's Encrypt." },
);

const certificate = setting(text, {
  help: 'Path of the certificate, PEM, with those between it and its root. Read again when it changes.',
});
const key = setting(text, {
  help: 'Path of its private key, PEM, without a passphrase. Read again when it changes.',
});
const clientcas = setting(listOf(text), {
  help: 'Paths of the CAs that sign client certificates, PEM.',
});
const clientauth = setting(CLIENT_AUTH, {
  help: 'What is asked of client certificates; `require-and-verify-client-cert` where there are `clientcas`.',
});
const minimumtls = setting(oneOf('tls1.2', 'tls1.3'), {
  default: 'tls1.2',
  help: 'Lowest TLS version.',
});

export const tls: Section = section(
  {
    certificate,
    key,
    clientcas,
    clientauth,
    minimumtls,
    ciphersuites: setting(listOf(text), {
      standing: notYet,
      help: 'Cipher suites that may be used.',
    }),
    letsencrypt,
  },
  { help: 'HTTPS, with `http.tls.certificate` and `http.tls.key`.' },
);

/** `undefined` for HTTP in clear. */
export function tlsOf(values: Values): TlsOptions | undefined {
  const [path, keyPath] = [values.of(certificate), values.of(key)];
  if (path === undefined || keyPath === undefined) {
    refuseHalf(values);
    return undefined;
  }
  const cas = values.items(clientcas);
  const config: TlsOptions = {
    certificate: path,
    key: keyPath,
    clientCas: cas.map(({ value }) => value),
    clientAuth: values.of(clientauth),
    minimumVersion: values.of(minimumtls) === 'tls1.3' ? 'TLSv1.3' : 'TLSv1.2',
  };
  if (config.clientAuth?.includes('verify') && cas.length === 0) {
    values.problem(clientauth, 'needs http.tls.clientcas, the CAs to verify certificates with');
  }
  for (const fault of tlsFaults(config)) complain(values, fault);
  return config;
}

function refuseHalf(values: Values): void {
  const others = [certificate, key, clientcas, clientauth].filter((field) => values.isSet(field));
  const missing = [certificate, key].filter((field) => !values.isSet(field));
  const names = missing.map((field) => values.keyOf(field)).join(' and ');
  for (const field of others) values.problem(field, `is set without ${names}, which HTTPS needs`);
}

function complain(values: Values, { file, position, sentence }: TlsFault): void {
  if (file === 'clientCas') {
    const part = values.items(clientcas)[position ?? 0]?.part ?? '0';
    values.partProblem(clientcas, part, sentence);
  } else values.problem(file === 'key' ? key : certificate, sentence);
}
