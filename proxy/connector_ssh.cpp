// The way through ssh, which counts as one when the engine's answer has come back on it: until then
// nobody can tell an ssh that still asks for a key from one that has reached the engine.
#include "proxy/connector.hpp"
#include "proxy/shortage.hpp"
#include "proxy/ssh_arguments.hpp"
#include "proxy/ssh_failure.hpp"
#include "proxy/ssh_stream.hpp"
#include "proxy/stream_wait.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

constexpr std::string_view question = "HEAD /_ping HTTP/1.1\r\nHost: gangway\r\n\r\n";

// An engine's is some hundred bytes; an answer to HEAD has no body (RFC 9110, section 9.3.2).
constexpr std::size_t longest_answer = std::size_t{16} * 1024;

// False: the stream has ended before the answer has.
io_task<bool> is_answered(byte_stream& stream)
{
    auto rest = asio::buffer(question);
    try {
        if (!stream.write_now(rest)) co_await write_rest(stream, rest);
    } catch (const boost::system::system_error&) {
        // ssh is gone already: reading tells how.
    }
    std::string answer;
    while (!answer.ends_with("\r\n\r\n")) {
        if (answer.size() > longest_answer) co_return false;
        std::array<char, 1024> bytes;
        const auto count = stream.read_now(asio::buffer(bytes));
        if (!count) {
            co_await waiting(stream, readiness::readable);
            continue;
        }
        if (*count == 0) co_return false;
        answer.append(bytes.data(), *count);
    }
    if (!answer.starts_with("HTTP/1."))
        throw hop_error("what answers there is no engine: it does not speak HTTP");
    co_return true;
}

[[noreturn]] void fail(const boost::system::error_code& failure)
{
    throw boost::system::system_error(failure);
}

}  // namespace

io_task<std::unique_ptr<byte_stream>> connector::connect_ssh(
    config::ssh_endpoint endpoint, dial_attempt& attempt
)
{
    auto program = co_await start_ssh(endpoint, attempt);
    auto stream = std::make_unique<ssh_stream>(
        executor_, std::move(program), config::to_string(config::engine_endpoint(endpoint))
    );
    const dial_attempt::breakable guard(attempt, *stream);
    bool answered = false;
    try {
        answered = co_await is_answered(*stream);
    } catch (const boost::system::system_error&) {
        if (attempt.called_off()) throw;
    }
    if (!answered)
        throw hop_error(ssh_failure(endpoint, stream->exit_status().value_or(0), stream->errors()));
    stream->works();
    co_return std::move(stream);
}

// Waits while there are no descriptors: other sessions end and give theirs back.
io_task<std::unique_ptr<child_process>> connector::start_ssh(
    const config::ssh_endpoint& endpoint, const dial_attempt& attempt
)
{
    std::unique_ptr<child_process> program;
    while (!program) {
        if (attempt.called_off()) fail(asio::error::operation_aborted);
        try {
            program = programs_.start(ssh_arguments(endpoint));
        } catch (const program_missing&) {
            throw hop_error(
                "ssh is not installed on this machine: install openssh-client (Windows: the "
                "optional feature OpenSSH Client)"
            );
        } catch (const boost::system::system_error& error) {
            if (!is_out_of_descriptors(error.code()))
                throw hop_error("ssh cannot be started on this machine: " + error.code().message());
        }
        if (program) break;
        co_await pausing(deadlines_, std::chrono::milliseconds(50));
        if (attempt.called_off()) fail(asio::error::no_descriptors);
    }
    co_return std::move(program);
}

}  // namespace proxy
