const PRIVATE =
  'Where the server has a certificate of a private authority, start tidelock with NODE_EXTRA_CA_CERTS=/path/authority.pem.'

/** What OpenSSL and Node say of a connection that could not be encrypted as it has to be, and what to do. */
const FAULTS: readonly (readonly [RegExp, hint: string])[] = [
  [/DEPTH_ZERO_SELF_SIGNED_CERT|^self-signed certificate$/, `The certificate is self-signed. ${PRIVATE}`],
  [
    /SELF_SIGNED_CERT_IN_CHAIN|self-signed certificate in certificate chain/,
    `The certificate comes from an authority that is not known here. ${PRIVATE}`,
  ],
  [
    /UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)|unable to (verify the first|get (local )?issuer) certificate/,
    `The certificate comes from an authority that is not known here, or the server leaves out one in between. ${PRIVATE}`,
  ],
  [
    /CERT_HAS_EXPIRED|certificate has expired/,
    'The certificate has expired: it has to be renewed at the server.',
  ],
  [
    /CERT_NOT_YET_VALID|certificate is not yet valid/,
    'The certificate is not valid yet: look at the clocks of this machine and of the server.',
  ],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate/,
    'The certificate is for another name: write the address with the name that stands in the certificate.',
  ],
  [
    /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|unsupported protocol|protocol version/,
    'The server speaks nothing newer than TLS 1.1; TLS 1.2 or newer is needed.',
  ],
]

/** What to do about a certificate or a version of TLS that was not accepted; null where it is something else. */
export function certificateHint(codeOrText: string): string | null {
  return FAULTS.find(([pattern]) => pattern.test(codeOrText))?.[1] ?? null
}
