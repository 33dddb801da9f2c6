// A daemon's control socket with answers that the test has written: real socket, real bytes.
#pragma once

#include "tests/support/raw_client.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

class fake_daemon {
public:
    // What to do with a client whose request has come.
    using script = std::function<void(test_support::raw_client& client)>;

    // Serves as many requests as there are scripts, in their order. A connection without a request
    // is a look whether anybody listens.
    fake_daemon(const std::filesystem::path& socket, std::vector<script> scripts);

    // Waits for the end of the last script.
    ~fake_daemon();
    fake_daemon(const fake_daemon&) = delete;
    fake_daemon& operator=(const fake_daemon&) = delete;

    // The first lines of the requests so far.
    std::vector<std::string> requests() const;

private:
    void serve(const std::vector<script>& scripts);

    test_support::raw_listener listener_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::jthread thread_;
};

// Scripts: an answer with its length, an answer in chunks (one a line of `body`), and raw bytes.
fake_daemon::script answers(std::string_view body, std::string_view status = "200 OK");
fake_daemon::script streams(const std::vector<std::string>& parts);
fake_daemon::script sends(std::string bytes);

// Pieces of a chunked answer, for scripts that wait in between.
std::string stream_head();
std::string chunk(std::string_view bytes);
std::string last_chunk();
