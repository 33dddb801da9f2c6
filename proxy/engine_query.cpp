// In HTTP/1.0, whose answers have no framing but the end of the connection.
#include "proxy/engine_query.hpp"

#include "proxy/line_splitter.hpp"

#include <boost/asio/buffer.hpp>

#include <array>
#include <charconv>
#include <memory>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";

// "HTTP/1.0 200 OK…"
int status_of(std::string_view head)
{
    constexpr std::size_t place = std::string_view("HTTP/1.0 ").size();
    int status = 0;
    if (head.starts_with("HTTP/1.") && head.size() > place + 3)
        std::from_chars(head.data() + place, head.data() + place + 3, status);
    if (status == 0) throw dial_error("the engine does not speak HTTP");
    return status;
}

class conversation {
public:
    explicit conversation(std::unique_ptr<byte_stream> engine) : engine_(std::move(engine)) {}

    asio::awaitable<void> send(std::string request)
    {
        request += " HTTP/1.0\r\nHost: gangway\r\n\r\n";
        co_await engine_->write(asio::buffer(request));
    }

    // Reads until the answer's head is there; what follows it stays in text().
    asio::awaitable<int> status()
    {
        std::size_t end = std::string::npos;
        while (end == std::string::npos) {
            const bool more = co_await read_more();
            if (!more) throw dial_error("the engine closed the connection instead of answering");
            end = text_.find(head_end);
        }
        const auto status = status_of(text_);
        text_.erase(0, end + head_end.size());
        co_return status;
    }

    // False: the answer has ended.
    asio::awaitable<bool> read_more()
    {
        std::array<char, 4096> bytes;
        const auto count = co_await engine_->read_some(asio::buffer(bytes));
        text_.append(bytes.data(), count);
        co_return count > 0;
    }

    std::string& text() { return text_; }

private:
    std::unique_ptr<byte_stream> engine_;
    std::string text_;
};

}  // namespace

asio::awaitable<engine_answer> ask_engine(
    dialer& dialer, vmctl::engine_address address, std::string request
)
{
    auto engine = co_await dialer.dial(std::move(address));
    conversation one(std::move(engine));
    co_await one.send(std::move(request));
    engine_answer answer;
    answer.status = co_await one.status();
    bool more = true;
    while (more) {
        more = co_await one.read_more();
    }
    answer.body = std::move(one.text());
    co_return answer;
}

asio::awaitable<void> follow_engine(
    dialer& dialer,
    vmctl::engine_address address,
    std::string request,
    std::function<void()> begun,
    std::function<void(std::string_view line)> take
)
{
    auto engine = co_await dialer.dial(std::move(address));
    conversation one(std::move(engine));
    co_await one.send(std::move(request));
    const auto status = co_await one.status();
    if (status != 200) throw dial_error("the engine answered by status " + std::to_string(status));
    begun();
    line_splitter lines;
    bool more = true;
    while (more) {
        lines.take(std::exchange(one.text(), {}), [&take](std::string_view line) {
            take(line.substr(0, line.size() - 1));
        });
        more = co_await one.read_more();
    }
}

}  // namespace proxy
