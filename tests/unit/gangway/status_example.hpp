// The status object of docs/control-api.md, for tests that change one thing of it.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

inline nlohmann::json status_example()
{
    return nlohmann::json::parse(R"({
        "version": "0.1.0",
        "pid": 4711,
        "instance": "default",
        "docker_sockets": ["unix:///run/user/1000/gangway/docker.sock"],
        "sessions": 2,
        "requests": ["docker (pid 900, uid 1000): POST /v1.45/exec/abc/start"],
        "engine": "vm",
        "state_dir": "/home/me/.local/state/gangway/default",
        "vm": {
            "state": "ready",
            "since": "2026-01-31T09:00:00Z",
            "started_for": "docker (pid 812, uid 1000): GET /_ping",
            "stopped_by": "",
            "failure": "",
            "engine_port": 40123,
            "process_id": 5120,
            "machine": {"name": "gangway-default", "cpus": 2, "memory": 2147483648,
                        "image": "/home/me/.local/share/gangway/image"},
            "holds": {"memory": 1073741824, "disk": 1395864371, "disk_limit": 68719476736, "saved": 0},
            "shares": {"transport": "9p", "directories": ["/home/me", "/tmp:ro"]},
            "leases": {"active": 1, "passive": 0, "watching": 0, "waiting": 0},
            "sleep": {
                "awake_because": ["1 request or stream uses the engine"],
                "containers": 0,
                "history": [
                    {"when": "2026-01-31T08:58:00Z", "what": "saved", "took_ms": 4700,
                     "why": "nobody uses it"},
                    {"when": "2026-01-31T09:00:00Z", "what": "started", "took_ms": 4100,
                     "why": "docker (pid 812, uid 1000): GET /_ping"}
                ]
            },
            "timeline": [{"stage": "image", "elapsed_ms": 3},
                         {"stage": "kernel", "elapsed_ms": 4120, "guest_ms": 3480}],
            "serial_log": "/home/me/.local/state/gangway/default/serial.log",
            "ssh": {
                "port": 40124,
                "user": "docker",
                "key": "/home/me/.local/state/gangway/default/ssh/id_ed25519",
                "known_hosts": "/home/me/.local/state/gangway/default/ssh/known_hosts",
                "host_key_alias": "gangway-default"
            }
        }
    })");
}

// The same of a daemon that serves an engine elsewhere.
inline nlohmann::json remote_status_example()
{
    auto status = status_example();
    status.erase("vm");
    status["engine"] = "tcp://10.0.0.1:2376";
    return status;
}
