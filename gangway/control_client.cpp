// The one place that knows Beast: a request goes out, and its answer's body is passed on as it
// comes.
#include "gangway/control_client.hpp"

#include "gangway/control_connection.hpp"
#include "gangway/wording.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace gangway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using body_sink = std::function<void(std::string_view bytes)>;
using answer_head = http::response_header<>;

// An error's message is a sentence; more than this is not kept.
constexpr std::size_t longest_message = 4096;

// The connection as Beast's SyncWriteStream and SyncReadStream.
class stream {
public:
    explicit stream(control_connection& connection) : connection_(connection) {}

    template <class Buffers>
    std::size_t write_some(const Buffers& buffers, error_code& error)
    {
        const auto first = first_of<asio::const_buffer>(buffers);
        return connection_.write_some(
            {static_cast<const char*>(first.data()), first.size()}, error
        );
    }

    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, error_code& error)
    {
        const auto first = first_of<asio::mutable_buffer>(buffers);
        return connection_.read_some(static_cast<char*>(first.data()), first.size(), error);
    }

    template <class Buffers>
    std::size_t write_some(const Buffers& buffers)  // Beast asks for both forms
    {
        return or_throw([&](error_code& error) { return write_some(buffers, error); });
    }

    template <class Buffers>
    std::size_t read_some(const Buffers& buffers)
    {
        return or_throw([&](error_code& error) { return read_some(buffers, error); });
    }

private:
    // The first that holds anything.
    template <class Buffer, class Buffers>
    static Buffer first_of(const Buffers& buffers)
    {
        const auto end = asio::buffer_sequence_end(buffers);
        for (auto each = asio::buffer_sequence_begin(buffers); each != end; ++each)
            if (const Buffer buffer(*each); buffer.size() > 0) return buffer;
        return {};
    }

    template <class Call>
    static std::size_t or_throw(const Call& call)
    {
        error_code error;
        const auto size = call(error);
        if (error) throw boost::system::system_error(error);
        return size;
    }

    control_connection& connection_;
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
    const config::local_endpoint& endpoint,
    http::verb method,
    std::string_view target,
    const body_sink& sink,
    const pulse& pulse
)
{
    const auto connection = connect_to(endpoint, pulse);
    stream daemon(*connection);
    const auto fail = [&](const std::string& why) {
        throw failure("the control socket " + place_of(endpoint) + " " + why);
    };
    error_code error;
    http::request<http::empty_body> request(method, {target.data(), target.size()}, 11);
    request.set(http::field::host, "gangway");
    request.prepare_payload();
    http::write(daemon, request, error);
    if (error) fail("has taken no request: " + error.message());

    boost::beast::flat_buffer buffer;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    const auto check = [&fail](const error_code& met) {
        if (!met || met == http::error::need_buffer) return;
        if (met == http::error::end_of_stream || met == http::error::partial_message)
            fail("ended before its answer did; see the daemon's log");
        if (met.category() == http::make_error_code(http::error::bad_version).category())
            fail("does not speak gangwayd's protocol: " + met.message());
        fail("broke while it answered: " + met.message());
    };

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
    const config::local_endpoint& endpoint,
    http::verb method,
    std::string_view target,
    const line_sink& line,
    const pulse& pulse
)
{
    line_cutter cutter(line);
    exchange(
        endpoint, method, target, [&](std::string_view bytes) { cutter.take(bytes); }, pulse
    );
    cutter.finish();
}

}  // namespace

bool control_client::reachable() const
{
    try {
        connect_to(socket_, {});
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
        throw failure("the socket " + place_of(socket_) + " takes requests and does not answer");
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
