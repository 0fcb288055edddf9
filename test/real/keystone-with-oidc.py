"""Debian's Keystone, with what a web server's OpenID Connect module would do before it.

A request to log in by an identity provider carries an access token. Where the file that REAL_CLOUD_ISSUER_FILE names holds
the URL of a provider, the token is shown to that provider, and what it says of the user goes to Keystone in the
environment of the request, under the names that Apache's mod_auth_openidc uses.
"""
import json
import os
import urllib.error
import urllib.request

from keystone.server.wsgi import initialize_public_application

keystone = initialize_public_application()


def application(environ, start_response):
    path = environ.get("PATH_INFO", "")
    if "/OS-FEDERATION/" in path and path.endswith("/auth"):
        claims = claims_of(environ.get("HTTP_AUTHORIZATION", ""))
        if claims is None:
            start_response("401 Unauthorized", [("Content-Type", "application/json")])
            return [b'{"error": {"code": 401, "message": "The identity provider does not know this access token."}}']
        environ.update(claims)
    return keystone(environ, start_response)


def claims_of(authorization):
    try:
        with open(os.environ["REAL_CLOUD_ISSUER_FILE"]) as file:
            issuer = file.read().strip()
        request = urllib.request.Request(issuer + "/userinfo", headers={"Authorization": authorization})
        with urllib.request.urlopen(request, timeout=10) as reply:
            user = json.load(reply)
    except (OSError, ValueError):
        return None
    return {"HTTP_OIDC_ISS": issuer, "OIDC_sub": user["sub"]}
