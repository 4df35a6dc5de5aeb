import type { KeyPair } from '../server/tls/key-pair.ts';

/**
 * A self-signed certificate for 127.0.0.1 and localhost, valid from 2020 to 2120, for tests only. Its private key is
 * public: nothing may ever trust it outside of a test.
 */
export const insecureTestKeyPair: KeyPair = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBVzCB/qADAgECAgEBMAoGCCqGSM49BAMCMBwxGjAYBgNVBAMTEWxlYWZ3YXkg
dGVzdCBvbmx5MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAcMRow
GAYDVQQDExFsZWFmd2F5IHRlc3Qgb25seTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABI3fdjKotVuRHaKFQMKVqCm2WeQL0gA/FjgFT7w33I+myGvKaZQeBynNE97K
DnZ41IpbT6QPQoLQQ1AFjCVIE4KjLzAtMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0R
BBMwEYcEfwAAAYIJbG9jYWxob3N0MAoGCCqGSM49BAMCA0gAMEUCIQCSaRxx/Kef
fG6wnx5TlKiEEFzNwW61EV7bKVvqb6Zr4AIgVoN4VkgFzDgrThCbaAnkuItRxRXP
i6dV/ulfvi4X31E=
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMOfMLTYgUbI+dNbs
dL3VliLjhlA4Q7+H6zPp0UmcNRChRANCAASN33YyqLVbkR2ihUDClagptlnkC9IA
PxY4BU+8N9yPpshrymmUHgcpzRPeyg52eNSKW0+kD0KC0ENQBYwlSBOC
-----END PRIVATE KEY-----`,
};
