// The one place that knows Beast: a request goes out, and its answer's body is passed on as it
// comes.
#include "gangway/control_client.hpp"

#include "gangway/wording.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <utility>

namespace gangway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using stream_protocol = asio::local::stream_protocol;
using body_sink = std::function<void(std::string_view bytes)>;
using answer_head = http::response_header<>;

// An error's message is a sentence; more than this is not kept.
constexpr std::size_t longest_message = 4096;

struct pulse {
    std::function<void()> beat;
    std::chrono::milliseconds period{};
};

// A connection whose reads block, as Beast's SyncReadStream, with a pulse while they do.
class connection {
public:
    connection(const std::filesystem::path& path, const pulse& pulse)
        : path_(path), pulse_(pulse), socket_(context_)
    {
        error_code error;
        socket_.connect(endpoint(), error);
        if (error == asio::error::connection_refused ||
            error == boost::system::errc::no_such_file_or_directory ||
            error == boost::system::errc::not_a_directory)
            throw daemon_not_running("nothing listens on " + path.string());
        if (error) fail("cannot be connected to: " + error.message());
    }

    void send(http::verb method, std::string_view target)
    {
        http::request<http::empty_body> request(method, {target.data(), target.size()}, 11);
        request.set(http::field::host, "gangway");
        request.prepare_payload();
        error_code error;
        http::write(socket_, request, error);
        if (error) fail("has taken no request: " + error.message());
    }

    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, error_code& error)
    {
        wait_until_readable();
        return socket_.read_some(buffers, error);
    }

    template <class Buffers>
    std::size_t read_some(const Buffers& buffers)  // Beast asks for both forms
    {
        error_code error;
        const auto size = read_some(buffers, error);
        if (error) throw boost::system::system_error(error);
        return size;
    }

    [[noreturn]] void fail(const std::string& why) const
    {
        throw failure("the control socket " + path_.string() + " " + why);
    }

private:
    stream_protocol::endpoint endpoint() const
    {
        try {
            return {path_.string()};
        } catch (const boost::system::system_error& error) {
            fail("is none: " + error.code().message());  // too long for a socket
        }
    }

    void wait_until_readable()
    {
        if (!pulse_.beat) return;
        bool readable = false;
        socket_.async_wait(stream_protocol::socket::wait_read, [&readable](error_code) {
            readable = true;
        });
        context_.restart();
        while (!readable)
            if (context_.run_one_for(pulse_.period) == 0) pulse_.beat();
    }

    const std::filesystem::path& path_;
    const pulse& pulse_;
    asio::io_context context_;
    stream_protocol::socket socket_;
};

std::string refusal(unsigned status, const std::string& body)
{
    const auto object = nlohmann::json::parse(body, nullptr, false);
    if (object.is_object())
        if (const auto message = object.find("message");
            message != object.end() && message->is_string())
            return printable(message->get<std::string>());
    return "the daemon answers with status " + std::to_string(status) +
           (body.empty() ? "" : ": " + printable(body));
}

// One request, and the body of its answer as it comes. Returns the head.
answer_head exchange(
    const std::filesystem::path& path,
    http::verb method,
    std::string_view target,
    const body_sink& sink,
    const pulse& pulse
)
{
    connection daemon(path, pulse);
    daemon.send(method, target);

    boost::beast::flat_buffer buffer;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    const auto check = [&](const error_code& error) {
        if (!error || error == http::error::need_buffer) return;
        if (error == http::error::end_of_stream || error == http::error::partial_message)
            daemon.fail("ended before its answer did; see the daemon's log");
        if (error.category() == http::make_error_code(http::error::bad_version).category())
            daemon.fail("does not speak gangwayd's protocol: " + error.message());
        daemon.fail("broke while it answered: " + error.message());
    };

    error_code error;
    http::read_header(daemon, buffer, parser, error);
    check(error);
    const auto status = parser.get().result_int();
    std::string message;
    std::array<char, 16384> block{};
    while (!parser.is_done()) {
        auto& body = parser.get().body();
        body.data = block.data();
        body.size = block.size();
        body.more = true;
        http::read_some(daemon, buffer, parser, error);
        check(error);
        const std::string_view bytes(block.data(), block.size() - body.size);
        if (status < 400)
            sink(bytes);
        else
            message.append(bytes.substr(0, longest_message - message.size()));
    }
    if (status >= 400) throw failure(refusal(status, message));
    return parser.get().base();
}

// Cuts what comes into lines. A last line without an end counts.
class line_cutter {
public:
    explicit line_cutter(const line_sink& sink) : sink_(sink) {}

    void take(std::string_view bytes)
    {
        rest_ += bytes;
        std::size_t begin = 0;
        for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
            sink_(std::string_view(rest_).substr(begin, end - begin));
            begin = end + 1;
        }
        rest_.erase(0, begin);
    }

    void finish()
    {
        if (!rest_.empty()) sink_(std::exchange(rest_, {}));
    }

private:
    const line_sink& sink_;
    std::string rest_;
};

void exchange_lines(
    const std::filesystem::path& path,
    http::verb method,
    std::string_view target,
    const line_sink& line,
    const pulse& pulse
)
{
    line_cutter cutter(line);
    exchange(
        path, method, target, [&](std::string_view bytes) { cutter.take(bytes); }, pulse
    );
    cutter.finish();
}

}  // namespace

bool control_client::reachable() const
{
    try {
        const connection knock(socket_, {});
        return true;
    } catch (const daemon_not_running&) {
        return false;
    }
}

std::string control_client::get(std::string_view target) const
{
    std::string body;
    exchange(socket_, http::verb::get, target, [&](std::string_view bytes) { body += bytes; }, {});
    return body;
}

prompt_answer control_client::ask(std::string_view target, std::chrono::milliseconds limit) const
{
    const auto give_up = [this] {
        throw failure("the socket " + socket_.string() + " takes requests and does not answer");
    };
    prompt_answer answer;
    const auto take = [&](std::string_view bytes) { answer.body += bytes; };
    const auto head = exchange(socket_, http::verb::get, target, take, {give_up, limit});
    const auto date = head[http::field::date];
    answer.date.assign(date.data(), date.size());
    return answer;
}

void control_client::follow(std::string_view target, const line_sink& line) const
{
    exchange_lines(socket_, http::verb::get, target, line, {});
}

void control_client::post(
    std::string_view target,
    const line_sink& line,
    const std::function<void()>& waiting,
    std::chrono::milliseconds period
) const
{
    exchange_lines(socket_, http::verb::post, target, line, {waiting, period});
}

}  // namespace gangway
