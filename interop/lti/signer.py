# python3-oauthlib for the tests: one JSON object a line in, one out.
import base64
import hashlib
import json
import sys
from urllib.parse import urlsplit

from oauthlib.oauth1 import Client, RequestValidator, SignatureOnlyEndpoint, SIGNATURE_TYPE_BODY
from oauthlib.oauth1.rfc5849 import signature


class OneConsumer(RequestValidator):
    """Lets oauthlib's own rules stand: lengths, characters, timestamps."""

    enforce_ssl = False
    dummy_client = "dummy-client-key-dummy"

    def __init__(self, key, secret):
        super().__init__()
        self.key, self.secret = key, secret

    @property
    def client_key_length(self):
        return (1, 100)

    @property
    def allowed_signature_methods(self):
        return ("HMAC-SHA1", "HMAC-SHA256")

    def check_client_key(self, key):
        return True

    def validate_client_key(self, key, request):
        return key == self.key

    def validate_timestamp_and_nonce(self, *args, **kwargs):
        return True

    def get_client_secret(self, key, request):
        return self.secret


def sign(q):
    client = Client(q["key"], client_secret=q["secret"], signature_method=q["method"], signature_type=SIGNATURE_TYPE_BODY)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    _, _, body = client.sign(q["url"], http_method="POST", body=q["body"], headers=headers)
    return {"body": body}


def base(q):
    url = urlsplit(q["url"])
    params = signature.collect_parameters(uri_query=url.query, body=[tuple(p) for p in q["params"]])
    text = signature.signature_base_string("POST", signature.base_string_uri(q["url"]), signature.normalize_parameters(params))
    return {"base": text}


def verify(q):
    headers = {"Content-Type": q["type"], "Authorization": q["authorization"]}
    endpoint = SignatureOnlyEndpoint(OneConsumer(q["key"], q["secret"]))
    valid, request = endpoint.validate_request(q["url"], http_method="POST", body=q["body"], headers=headers)
    if not valid:
        return {"valid": False}
    algorithm = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}[request.signature_method]
    digest = base64.b64encode(algorithm(q["body"].encode()).digest()).decode()
    return {"valid": ("oauth_body_hash", digest) in request.params}


for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = {"sign": sign, "base": base, "verify": verify}[question["op"]](question)
    except Exception as e:  # the test prints it
        answer = {"error": repr(e)}
    print(json.dumps(answer), flush=True)
