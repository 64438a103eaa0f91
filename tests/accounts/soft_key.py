"""A passkey in software: signs what a page of ours asks, from any origin and with any counter."""

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    def __init__(self, host: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.site = sha256(host.encode()).digest()

    def _client_data(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": f"webauthn.{kind}", "challenge": challenge, "origin": origin}).encode()

    def _as_json(self, response: dict[str, bytes]) -> dict[str, Any]:
        key = websafe_encode(self.id)
        return {
            "id": key, "rawId": key, "type": "public-key", "clientExtensionResults": {},
            "response": {name: websafe_encode(value) for name, value in response.items()},
        }  # fmt: skip

    def registration(self, challenge: str, origin: str, counter: int = 0) -> dict[str, Any]:
        public = AttestedCredentialData.create(Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = AuthenticatorData.create(self.site, PRESENT | VERIFIED | ATTESTED, counter, public)
        made = AttestationObject.create("none", data, {})
        return self._as_json(
            {"clientDataJSON": self._client_data("create", challenge, origin), "attestationObject": made}
        )

    def assertion(self, challenge: str, origin: str, counter: int = 0) -> dict[str, Any]:
        client_data = self._client_data("get", challenge, origin)
        data = AuthenticatorData.create(self.site, PRESENT | VERIFIED, counter)
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._as_json({"clientDataJSON": client_data, "authenticatorData": data, "signature": signature})
