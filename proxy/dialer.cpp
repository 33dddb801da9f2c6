// Dialling: a time limit, TLS, and sentences for what goes wrong.
#include "proxy/dialer.hpp"

#include "proxy/asio_bridge.hpp"
#include "proxy/shortage.hpp"
#include "proxy/tls_sessions.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace asio = boost::asio;

namespace proxy {
namespace {

// Keys are exchanged and docker is started over there. ssh's own limit for connecting passes first.
constexpr int ssh_takes_longer = 3;

// The name the engine's certificate must carry.
std::string server_name(const vmctl::engine_address& address)
{
    if (!address.tls->server_name.empty()) return address.tls->server_name;
    const auto* remote = std::get_if<config::tcp_endpoint>(&address.endpoint);
    return remote != nullptr ? remote->host : "localhost";
}

}  // namespace

dialer::dialer(asio::any_io_executor executor, std::chrono::steady_clock::duration limit)
    : executor_(std::move(executor)),
      deadlines_(executor_),
      connector_(executor_, deadlines_),
      limit_(limit)
{
}

io_task<std::unique_ptr<byte_stream>> dialer::dial(
    vmctl::engine_address address, application_protocol protocol, dial_attempt& attempt
)
{
    const bool ssh = std::holds_alternative<config::ssh_endpoint>(address.endpoint);
    const auto time = ssh ? limit_ * ssh_takes_longer : limit_;
    const deadline limit(deadlines_, time, [&attempt] { attempt.call_off(); });
    std::string failed;
    bool shortage = false;
    try {
        auto stream = co_await connect(address, protocol, attempt);
        if (!limit.has_passed()) co_return std::move(stream);
    } catch (const tls_error& error) {
        failed = error.what();
    } catch (const hop_error& error) {
        failed = error.what();
    } catch (const boost::system::system_error& error) {
        if (attempt.called_off() && !limit.has_passed()) throw;
        failed = error.code().message();
        shortage = is_out_of_descriptors(error.code());
    }
    if (limit.has_passed() && !shortage) failed = "no answer in time";
    failed =
        "cannot connect to the engine at " + config::to_string(address.endpoint) + ": " + failed;
    if (!shortage) throw dial_error(failed);
    throw out_of_descriptors(
        failed +
        "; end some of the connections, or raise gangwayd's limit (LimitNOFILE= of the "
        "service, ulimit -n)"
    );
}

asio::awaitable<std::unique_ptr<byte_stream>> dialer::dial(
    vmctl::engine_address address, application_protocol protocol
)
{
    dial_attempt attempt;
    auto work = dial(std::move(address), protocol, attempt);
    auto call_off = [&attempt] { attempt.call_off(); };
    co_return co_await to_asio(executor_, std::move(work), call_off);
}

io_task<std::unique_ptr<byte_stream>> dialer::connect(
    const vmctl::engine_address& address, application_protocol protocol, dial_attempt& attempt
)
{
    if (!address.tls) {
        auto plain = co_await connector_.connect(address.endpoint, attempt);
        co_return std::move(plain);
    }
    const auto context = context_for(*address.tls);
    const bool resumes = tls_sessions::of(context.get()).knows(server_name(address));
    try {
        auto secured = co_await connect_secured(address, context, protocol, attempt);
        co_return std::move(secured);
    } catch (const tls_error&) {
        if (!resumes) throw;
    }
    // There are servers that fail rather than begin anew when they do not want to resume.
    auto secured = co_await connect_secured(address, context, protocol, attempt);
    co_return std::move(secured);
}

io_task<std::unique_ptr<byte_stream>> dialer::connect_secured(
    const vmctl::engine_address& address,
    const tls_context& context,
    application_protocol protocol,
    dial_attempt& attempt
)
{
    auto transport = co_await connector_.connect(address.endpoint, attempt);
    const dial_attempt::breakable guard(attempt, *transport);
    auto secured =
        co_await connect_tls(std::move(transport), context, server_name(address), protocol);
    co_return std::move(secured);
}

tls_context dialer::context_for(const config::tls_files& files)
{
    std::filesystem::file_time_type newest = std::filesystem::file_time_type::min();
    for (const auto* file : {&files.ca, &files.certificate, &files.key}) {
        std::error_code missing;  // load_tls_context names it
        newest = std::max(newest, std::filesystem::last_write_time(*file, missing));
    }
    if (!loaded_ || loaded_->files != files || loaded_->newest != newest) {
        loaded_ = loaded_context{files, newest, load_tls_context(files)};
    }
    return loaded_->context;
}

}  // namespace proxy
