// An engine of few words on a TCP port of this machine: it is pinged, tells its version, and runs
// one kind of exec, whose program says back what it is told.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <thread>

namespace windows_support {

class small_engine {
public:
    small_engine();
    ~small_engine();
    small_engine(const small_engine&) = delete;
    small_engine& operator=(const small_engine&) = delete;

    // "tcp://127.0.0.1:PORT".
    std::string endpoint() const;

private:
    void accept();

    boost::asio::io_context loop_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::thread thread_;
};

// What it answers to GET /version.
inline constexpr const char* small_version =
    R"({"Version":"0.0-small","ApiVersion":"1.43","MinAPIVersion":"1.12","Os":"linux"})";

}  // namespace windows_support
