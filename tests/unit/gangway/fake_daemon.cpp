// One thread that accepts, reads a request head and hands over to the script.
#include "fake_daemon.hpp"

#include <cstdio>
#include <utility>

using test_support::raw_client;

fake_daemon::fake_daemon(const std::filesystem::path& socket, std::vector<script> scripts)
    : listener_(socket), thread_([this, scripts = std::move(scripts)] { serve(scripts); })
{
}

fake_daemon::~fake_daemon() = default;

std::vector<std::string> fake_daemon::requests() const
{
    const std::scoped_lock lock(mutex_);
    return requests_;
}

void fake_daemon::serve(const std::vector<script>& scripts)
{
    for (std::size_t next = 0; next < scripts.size();) {
        try {
            auto client = listener_.accept();
            std::string head;
            try {
                head = client.receive_until("\r\n\r\n");
            } catch (const std::exception&) {
                continue;
            }
            {
                const std::scoped_lock lock(mutex_);
                requests_.push_back(head.substr(0, head.find("\r\n")));
            }
            scripts[next++](client);
        } catch (const std::exception& error) {
            // Nobody came, because the test has failed already, or a client has left early.
            std::fprintf(stderr, "fake daemon: %s\n", error.what());
            return;
        }
    }
}

fake_daemon::script answers(std::string_view body, std::string_view status)
{
    return sends(
        "HTTP/1.1 " + std::string(status) +
        "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + std::string(body)
    );
}

fake_daemon::script streams(const std::vector<std::string>& parts)
{
    auto bytes = stream_head();
    for (const auto& part : parts) bytes += chunk(part);
    return sends(bytes + last_chunk());
}

fake_daemon::script sends(std::string bytes)
{
    return [bytes = std::move(bytes)](raw_client& client) { client.send(bytes); };
}

std::string stream_head()
{
    return "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: "
           "chunked\r\n\r\n";
}

std::string chunk(std::string_view bytes)
{
    char size[17];
    std::snprintf(size, sizeof size, "%zx", bytes.size());
    return std::string(size) + "\r\n" + std::string(bytes) + "\r\n";
}

std::string last_chunk()
{
    return "0\r\n\r\n";
}
