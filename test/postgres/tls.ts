import { createPrivateKey } from 'node:crypto'

/*
 * A certificate for `localhost`, its key, and the authority that signed it, good for a hundred years. Of no worth: nobody
 * but the tests trusts the authority, whose own key was thrown away.
 */

export const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUecbDPZnHpePaDuTRwdhS6g9dhVQwCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXVGlkZWxvY2sgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI1MTky
NTU5WhgPMjEyNjExMDExOTI1NTlaMCIxIDAeBgNVBAMMF1RpZGVsb2NrIHRlc3Qg
YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEm/bOHCR148Ugoehs
vjZ2XqmZxM4uq75rcfq33KuUBjANTWdH3O5XuRh22BrJYqvEXiXpQIIbU4ZZJJId
qtbJyqNTMFEwHQYDVR0OBBYEFAWrDG9d6q+ZQpWVvWC9rAs0MOaMMB8GA1UdIwQY
MBaAFAWrDG9d6q+ZQpWVvWC9rAs0MOaMMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
zj0EAwIDSAAwRQIgPp9gaHD3m9zbdQn2wiLUzUg8jEHmww/GoM4o3oVITQECIQDP
Qj5OVpNwMHAjYlVVih28ZRvcYsts9Js94p7h7g3JUg==
-----END CERTIFICATE-----
`

export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBkjCCATigAwIBAgIUQWG1O/lI1VkISOXERex60oN8m8gwCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXVGlkZWxvY2sgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI1MTky
NTU5WhgPMjEyNjExMDExOTI1NTlaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABG9Ce1JImr60NM5pWU5M6EK65X4uSxYpvvbh
IAkxWIOURe82JT50Hj1zK54y/bPf6yWAnq0OLXfbS5kMYDRkUsSjWDBWMBQGA1Ud
EQQNMAuCCWxvY2FsaG9zdDAdBgNVHQ4EFgQU+Iq1rEnq5AKJ4wXL8XAq80rQxu8w
HwYDVR0jBBgwFoAUBasMb13qr5lClZW9YL2sCzQw5owwCgYIKoZIzj0EAwIDSAAw
RQIhANL1jEn8h6UXVA6AzIXLk4JxpRo2iA6YRUdUgNB0YvpeAiB434t3fuOc3F4v
Rg3xVbU9Wxav1rj57pBlArLeVR2WLw==
-----END CERTIFICATE-----
`

export const KEY = createPrivateKey({
  key: Buffer.from(
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjxpf7OrFAaI3imu2U8IE6oGI7yUmHrhdDnRc8AxXoOuhRANCAARvQntSSJq+tDTOaVlOTOhCuuV+LksWKb724SAJMViDlEXvNiU+dB49cyueMv2z3+slgJ6tDi1320uZDGA0ZFLE',
    'base64',
  ),
  format: 'der',
  type: 'pkcs8',
}).export({ format: 'pem', type: 'pkcs8' })
