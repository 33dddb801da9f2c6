// What comes to the daemon from outside of it, besides its sockets: that it is to stop, or to read
// its configuration again. One source file a platform.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>

struct outside_request {
    enum class kind { stop, reload };
    kind what = kind::stop;
    std::string by;  // "SIGTERM", "Ctrl-C"
};

// One of it at a time.
class outside_requests {
public:
    explicit outside_requests(const boost::asio::any_io_executor& executor);
    ~outside_requests();
    outside_requests(const outside_requests&) = delete;
    outside_requests& operator=(const outside_requests&) = delete;

    // The next one, which may have come before it was waited for. Nothing: give_up() was called.
    boost::asio::awaitable<std::optional<outside_request>> next();

    // On the loop's thread.
    void give_up();

    // The next has its default effect, which is to end the process: whoever is in a hurry is not
    // held up.
    void let_go();

private:
    struct source;
    std::unique_ptr<source> source_;
};
