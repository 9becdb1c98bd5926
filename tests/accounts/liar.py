"""A provider that lies: it says in its token whatever the test wants, signed or not."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import jwt
import werkzeug.serving
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.wrappers import Request, Response


class Liar:
    """An OpenID Connect provider in a test's hands, on 127.0.0.1."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.userinfo: Any = None
        self.document: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], Any] = self.signed
        self.answer: Callable[[str], Response | None] = lambda path: None
        self.asked: list[Request] = []
        self.server = werkzeug.serving.make_server("127.0.0.1", 0, self, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def signed(self, claims: dict[str, Any], key: Any = None, kid: str = "k1") -> str:
        """Return a token as an honest provider signs it, or with another key."""
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": kid})

    def public(self) -> dict[str, Any]:
        """Return its public key, as it stands among its keys."""
        found = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**found, "kid": "k1", "use": "sig", "alg": "RS256"}

    def __call__(self, environ: dict, start_response: Callable) -> Any:
        """Answer (WSGI)."""
        request = Request(environ)
        request.get_data()
        self.asked.append(request)
        response = self.answer(request.path) or self._answer(request.path)
        return response(environ, start_response)

    def _answer(self, path: str) -> Response:
        if path.startswith("/.well-known/"):
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
            plain = {name: f"{self.address}/{name}" for name in names}
            return _json({"issuer": self.address, **plain, **self.document})
        if path == "/jwks_uri":
            return _json({"keys": [self.public()]})
        if path == "/userinfo_endpoint":
            return _json(self.userinfo)
        now = int(time.time())
        plain = {"iss": self.address, "aud": "meldcode", "sub": "s1", "iat": now, "exp": now + 60}
        claims = {name: value for name, value in {**plain, **self.claims}.items() if value != ...}
        return _json({"access_token": "a", "token_type": "Bearer", "id_token": self.sign(claims)})


def _json(content: Any) -> Response:
    return Response(json.dumps(content), content_type="application/json")
