// The daemon's log comes over the control socket; the serial console is a file beside the daemon.
#include "gangway/logs.hpp"

#include "gangway/file_follower.hpp"
#include "gangway/status_text.hpp"

#include <chrono>
#include <iostream>
#include <thread>

namespace gangway {
namespace {

constexpr std::chrono::milliseconds look_again{200};

}  // namespace

void show_log(const control_client& daemon, bool follow)
{
    daemon.follow(follow ? "/v1/logs?follow=1" : "/v1/logs", [&](std::string_view line) {
        std::cout << line << '\n';
        if (follow) std::cout.flush();
    });
}

void show_serial_log(const control_client& daemon, bool follow)
{
    const auto path = serial_log(daemon.get("/v1/status"));
    file_follower file(path);
    while (std::cout) {
        const auto bytes = file.read_more();
        if (!bytes.empty()) {
            std::cout << bytes << std::flush;
        } else if (follow) {
            std::this_thread::sleep_for(look_again);
        } else {
            break;
        }
    }
    if (!file.found())
        throw failure(
            "there is no " + path +
            " yet: it appears when the VM starts, for example by `gangway up`"
        );
}

}  // namespace gangway
