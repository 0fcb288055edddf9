"""Debian's Keystone behind a substitute for Apache's mod_auth_openidc.

A login through an identity provider carries an access token. This module sends it to the provider whose URL is in the
file REAL_CLOUD_ISSUER_FILE, and passes the provider's claims to Keystone in the WSGI environment, with the names that
mod_auth_openidc uses.
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
