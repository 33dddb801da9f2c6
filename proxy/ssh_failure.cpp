// The hop at which it fails shows in the exit status; what is wrong there, in OpenSSH's words
// (sshconnect.c, readconf.c), the remote shell's, and docker's (cli/command/system/dial_stdio.go).
#include "proxy/ssh_failure.hpp"

#include "proxy/ssh_arguments.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace proxy {
namespace {

constexpr int own_failure = 255;
constexpr int not_found = 127;
constexpr std::size_t quoted_lines = 3;
constexpr std::size_t longest_quotation = 400;

struct cause {
    std::string_view words;
    std::string_view explanation;  // HOST, USER: as in the endpoint
};

// In this order: the first whose words were said is it.
constexpr std::array ssh_causes{
    cause{
        "HOST IDENTIFICATION HAS CHANGED",
        "the key of HOST is not the one that is known here: if HOST was installed anew, remove the "
        "old key with `ssh-keygen -R`, else somebody is in between"},
    cause{
        "Host key verification failed",
        "the key of HOST is not known here: connect once by hand and accept it"},
    cause{
        "Could not resolve hostname",
        "this machine does not know the name HOST: check its spelling, or write it into "
        "~/.ssh/config"},
    cause{
        "Permission denied (",
        "HOST accepts no key that ssh can use without asking, and there is no terminal to ask on: "
        "give USER a key there (`ssh-copy-id`), and have one without passphrase or an agent that "
        "the daemon can reach (SSH_AUTH_SOCK)"},
    cause{
        "Too many authentication failures",
        "HOST has refused too many keys of the agent: name the right one in ~/.ssh/config "
        "(IdentityFile, IdentitiesOnly)"},
    cause{
        "Connection refused",
        "no SSH server answers there: check the port, and that sshd runs on HOST"},
    cause{"timed out", "HOST does not answer: check the network, and that HOST is up"},
    cause{"Network is unreachable", "there is no way to HOST: check the network"},
    cause{"No route to host", "there is no way to HOST: check the network, and that HOST is up"},
    cause{"Bad owner or permissions", "ssh refuses its own configuration"},
    cause{"Bad configuration option", "ssh does not understand its own configuration"},
};

constexpr std::array engine_causes{
    cause{
        "permission denied",
        "USER may not use the engine's socket on HOST: make USER a member of the group docker "
        "there"},
    cause{"no such file", "no engine runs on HOST, or its socket is elsewhere: start it there"},
    cause{"connection refused", "the engine on HOST does not run: start it there"},
    cause{"unknown command", "docker on HOST is older than 18.09 and cannot be used this way"},
    cause{
        "is not a docker command",
        "docker on HOST is older than 18.09 and cannot be used this way"},
};

std::vector<std::string_view> lines_of(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

// A changed key makes a page; where the old one is written is what counts.
std::string quotation(std::string_view errors)
{
    auto lines = lines_of(errors);
    const auto offending = std::ranges::find_if(lines, [](std::string_view line) {
        return line.starts_with("Offending ");
    });
    if (offending != lines.end()) lines = {*offending};
    std::string text;
    const auto skipped = lines.size() - std::min(lines.size(), quoted_lines);
    for (auto line = lines.begin() + static_cast<std::ptrdiff_t>(skipped); line != lines.end();
         ++line)
        text += (text.empty() ? "" : "; ") + std::string(*line);
    return text.substr(0, longest_quotation);
}

template <std::size_t Count>
std::string_view explanation_in(const std::array<cause, Count>& causes, std::string_view errors)
{
    const auto found = std::ranges::find_if(causes, [errors](const cause& each) {
        return errors.find(each.words) != std::string_view::npos;
    });
    return found == causes.end() ? std::string_view() : found->explanation;
}

void replace_all(std::string& text, std::string_view what, const std::string& by)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

std::string explanation(int status, std::string_view errors)
{
    if (status > 128 && status < own_failure)
        return "ssh was ended by signal " + std::to_string(status - 128);
    if (status == not_found) {
        return "docker is not installed on HOST, or not in the PATH that a command without a "
               "terminal has there";
    }
    const auto found = status == own_failure ? explanation_in(ssh_causes, errors)
                                             : explanation_in(engine_causes, errors);
    if (!found.empty()) return std::string(found);
    if (status == own_failure) return "ssh gave up";
    if (status == 0) return "the connection to HOST stands, but nothing behind it answers";
    return "docker on HOST ended with status " + std::to_string(status);
}

}  // namespace

std::string ssh_failure(const config::ssh_endpoint& to, int status, std::string_view errors)
{
    auto explained = explanation(status, errors);
    replace_all(explained, "HOST", to.host);
    replace_all(explained, "USER", to.user.empty() ? "the user" : to.user);
    const auto quoted = quotation(errors);
    return quoted.empty() ? explained : quoted + ": " + explained;
}

}  // namespace proxy
