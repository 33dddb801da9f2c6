// An HTTP server for one file, on a thread and a port of its own, that can be made to misbehave.
#pragma once

#include "tests/support/unique_fd.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace vmctl_test {

class file_server {
public:
    explicit file_server(std::string content);
    file_server(const file_server&) = delete;
    file_server& operator=(const file_server&) = delete;
    ~file_server();

    // "http://127.0.0.1:PORT/file"; what is below /elsewhere/ is redirected there.
    std::string url(const std::string& path = "/file") const;

    void breaks_off_after(std::size_t bytes) { longest_ = bytes; }

    void knows_no_ranges() { ranges_ = false; }

    // Sends what it has, and then nothing more, without an end.
    void stalls_after(std::size_t bytes)
    {
        stalls_ = true;
        longest_ = bytes;
    }

    // The heads of requests, in order.
    std::vector<std::string> requests() const;

private:
    void serve();
    void answer(int client);
    std::string head_of(const std::string& request, std::size_t& from) const;

    const std::string content_;
    test_support::unique_fd listener_;
    int port_ = 0;
    std::atomic<std::size_t> longest_ = std::string::npos;
    std::atomic<bool> ranges_ = true;
    std::atomic<bool> stalls_ = false;
    std::atomic<bool> over_ = false;
    mutable std::mutex guard_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace vmctl_test
