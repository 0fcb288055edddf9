"""Reads configurations from standard input, and prints openstacksdk's settings for each. Both are JSON.

A configuration has the working directory (cwd), the home directory (home), the environment (env), and the caller's
settings (cloud, options).
"""
import importlib
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")


def settings_of(case):
    os.chdir(case["cwd"])
    os.environ.clear()
    os.environ.update(case["env"], HOME=case["home"], PATH="/usr/bin:/bin")
    # The module computes its search paths when it is imported.
    from openstack.config import loader, vendors
    importlib.reload(vendors)
    loader = importlib.reload(loader)
    try:
        options = dict(case["options"])
        auth = {key.split(".")[1]: options.pop(key) for key in list(options) if key.startswith("auth.")}
        if auth:
            options["auth"] = auth
        region = loader.OpenStackConfig().get_one(cloud=case.get("cloud"), **options)
        verify, cert = region.get_requests_verify_args()
        return {
            "name": region.name,
            "auth_type": region.config["auth_type"],
            "auth": {key: value for key, value in region.config["auth"].items() if value is not None},
            "region": region.get_region_name("image") or None,
            "interface": region.get_interface("image"),
            "service_type": region.get_service_type("image"),
            "service_name": region.get_service_name("image"),
            "endpoint": region.get_endpoint("image"),
            "verify": verify,
            "cert": list(cert) if isinstance(cert, tuple) else cert,
            "timeout": region.config.get("api_timeout"),
            "status_retries": region.get_status_code_retries("image"),
            "connect_retries": region.get_connect_retries("image"),
        }
    except Exception as error:  # a user would see any exception
        return {"error": f"{type(error).__name__}: {error}"}


json.dump([settings_of(case) for case in json.load(sys.stdin)], sys.stdout)
