// In the container: one client, one end.
#include "tests/e2e/reaper.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace container_probe {
namespace {

constexpr std::uint16_t port = 8080;
constexpr const char* engine = "/var/run/docker.sock";

void send_all(int socket, std::string_view text)
{
    while (!text.empty()) {
        const auto count = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

// Nothing more: false.
bool receive(int socket, std::string& into)
{
    std::array<char, 4096> bytes;
    const auto count = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    into.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
}

int listen_here()
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    const bool open = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                      ::listen(socket, 1) == 0;
    return open ? socket : -1;
}

// Until the client is gone.
std::vector<std::string> labels_of(int client)
{
    constexpr std::string_view key = "label=";
    std::vector<std::string> labels;
    std::string text;
    while (receive(client, text)) {
        for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
            auto line = text.substr(0, end);
            text.erase(0, end + 1);
            if (line.ends_with('\r')) line.pop_back();
            if (line.starts_with(key)) labels.push_back(line.substr(key.size()));
            send_all(client, "ACK\n");
        }
    }
    return labels;
}

std::string ask(const std::string& request)
{
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, engine, sizeof address.sun_path - 1);
    std::string answer;
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        send_all(socket, request + " HTTP/1.0\r\n\r\n");
        bool more = true;
        while (more) more = receive(socket, answer);
    }
    ::close(socket);
    return answer;
}

// The newest first, and so the reaper, which its client has given the same label, last.
std::vector<std::string> containers_with(const std::string& label)
{
    constexpr std::string_view before = R"("Id":")";
    constexpr std::size_t id_length = 64;
    const auto list =
        ask("GET /containers/json?all=1&filters=%7B%22label%22%3A%5B%22" + label + "%22%5D%7D");
    std::vector<std::string> ids;
    for (auto at = list.find(before); at != std::string::npos; at = list.find(before, at + 1))
        ids.push_back(list.substr(at + before.size(), id_length));
    return ids;
}

}  // namespace

int reap()
{
    const int listener = listen_here();
    if (listener < 0) return 1;
    std::puts("Started");
    std::fflush(stdout);
    const int client = ::accept(listener, nullptr, nullptr);
    if (client < 0) return 1;
    for (const auto& label : labels_of(client))
        for (const auto& id : containers_with(label)) ask("DELETE /containers/" + id + "?force=1");
    return 0;
}

}  // namespace container_probe
