// A daemon's control pipe with answers that the test has written.
#pragma once

#include "config/endpoint.hpp"

#include <functional>
#include <string>
#include <thread>
#include <vector>

// One client after another, each with the bytes of its answer; after them the pipe is gone.
class pipe_daemon {
public:
    explicit pipe_daemon(std::vector<std::string> answers);
    ~pipe_daemon();
    pipe_daemon(const pipe_daemon&) = delete;
    pipe_daemon& operator=(const pipe_daemon&) = delete;

    config::pipe_endpoint endpoint() const { return {name_}; }

    // Of the last client, once all have been served.
    std::string last_request();

private:
    void serve(void* pipe, const std::string& answer);

    std::string name_;
    std::string request_;
    std::thread thread_;
};

// One that never answers, until it is let go.
class silent_pipe {
public:
    silent_pipe();
    ~silent_pipe();
    silent_pipe(const silent_pipe&) = delete;
    silent_pipe& operator=(const silent_pipe&) = delete;

    config::pipe_endpoint endpoint() const { return {name_}; }

private:
    std::string name_;
    void* pipe_;
};
