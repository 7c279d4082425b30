import { listOf, refused, section, setting } from '../declare.ts';
import type { Section } from '../schema.ts';
import { oneOf, text } from '../value-types.ts';

const CLIENT_AUTH = oneOf(
  'request-client-cert',
  'require-any-client-cert',
  'verify-client-cert-if-given',
  'require-and-verify-client-cert',
);

const letsencrypt = section({
  cachefile: setting(text, { help: 'Where its certificates are kept.' }),
  email: setting(text, { help: 'Contact address.' }),
  hosts: setting(listOf(text), { help: 'Host names to get certificates for.' }),
  directoryurl: setting(text, { help: 'ACME directory.' }),
});

export const tls: Section = section(
  {
    certificate: setting(text, { help: 'Path of the certificate, PEM.' }),
    key: setting(text, { help: 'Path of the private key, PEM.' }),
    clientcas: setting(listOf(text), { help: 'Paths of the CAs that sign client certificates.' }),
    clientauth: setting(CLIENT_AUTH, { help: 'What is asked of client certificates.' }),
    minimumtls: setting(oneOf('tls1.2', 'tls1.3', 'tls1.0', 'tls1.1'), {
      default: 'tls1.2',
      help: 'Lowest TLS version.',
    }),
    ciphersuites: setting(listOf(text), { help: 'Cipher suites that may be used.' }),
    letsencrypt,
  },
  {
    help: 'HTTPS.',
    // Serving in the clear what was meant to be encrypted would be worse than not starting.
    standing: refused(
      (key) => `${key} is not supported yet; refusing to start without the protection it asks for`,
    ),
  },
);
