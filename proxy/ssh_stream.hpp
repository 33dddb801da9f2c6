// byte_stream through a program that carries a connection: ssh. Its end is the connection's only if
// the program ends well; else the connection has broken.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/child_process.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>

namespace proxy {

// Destroying or aborting it ends the program.
class ssh_stream final : public byte_stream {
public:
    // `name`: where it leads, for the log. Throws boost::system::system_error.
    ssh_stream(
        boost::asio::any_io_executor executor,
        std::unique_ptr<child_process> program,
        std::string name
    );
    ~ssh_stream() override;
    ssh_stream(const ssh_stream&) = delete;
    ssh_stream& operator=(const ssh_stream&) = delete;
    ssh_stream(ssh_stream&&) = delete;
    ssh_stream& operator=(ssh_stream&&) = delete;

    // The bytes have been seen to go through: from now on it is news when it breaks.
    void works() { works_ = true; }

    // Of the program; known once reading has come to an end or broken, but for a stream that was
    // aborted.
    std::optional<int> exit_status() const;
    const std::string& errors() const;

    std::optional<std::size_t> read_now(boost::asio::mutable_buffer into) override;
    bool write_now(boost::asio::const_buffer& from) override;
    bool finish_now() override;
    void start_wait(readiness what, wait_completion& done, boost::asio::cancellation_slot slot)
        override;
    void abort() noexcept override;
    int plain_descriptor() const noexcept override;
    void plain_blocked(readiness what) noexcept override;

private:
    void end_wait(boost::system::error_code failure);

    boost::asio::any_io_executor executor_;
    std::unique_ptr<child_process> program_;  // null: aborted
    std::unique_ptr<byte_stream> stream_;
    std::string name_;
    bool works_ = false;
    bool no_more_bytes_ = false;
    wait_completion* awaits_end_ = nullptr;  // of the program, after the last byte
    boost::asio::cancellation_slot slot_;
};

}  // namespace proxy
