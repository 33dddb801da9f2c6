// Commands and answers, in JSON.
#include "vmctl/guest_agent.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

namespace vmctl {

namespace {

using nlohmann::json;

json returned(std::string_view answer)
{
    const auto document = json::parse(answer, nullptr, false);
    return document.is_object() ? document.value("return", json()) : json();
}

std::string decoded(const std::string& base64)
{
    std::string text(base64.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(base64.data()),
        static_cast<int>(base64.size())
    );
    // OpenSSL counts the zeros that stand for the padding.
    const auto padding = base64.ends_with("==") ? 2 : base64.ends_with('=') ? 1 : 0;
    text.resize(size > padding ? static_cast<std::size_t>(size - padding) : 0);
    return text;
}

}  // namespace

std::string guest_set_time(std::chrono::nanoseconds since_epoch)
{
    const json request = {
        {"execute", "guest-set-time"}, {"arguments", {{"time", since_epoch.count()}}}};
    return request.dump();
}

std::string guest_exec(const std::vector<std::string>& command)
{
    const std::vector<std::string> arguments(command.begin() + 1, command.end());
    const json request = {
        {"execute", "guest-exec"},
        {"arguments", {{"path", command.front()}, {"arg", arguments}, {"capture-output", true}}},
    };
    return request.dump();
}

std::optional<std::int64_t> started_in_guest(std::string_view answer)
{
    const auto found = returned(answer);
    if (!found.is_object() || !found.contains("pid") || !found["pid"].is_number_integer())
        return std::nullopt;
    return found["pid"].get<std::int64_t>();
}

std::string guest_exec_status(std::int64_t process_id)
{
    const json request = {{"execute", "guest-exec-status"}, {"arguments", {{"pid", process_id}}}};
    return request.dump();
}

std::optional<guest_result> ended_in_guest(std::string_view answer)
{
    constexpr int killed = 128;
    const auto found = returned(answer);
    if (!found.is_object() || !found.value("exited", false)) return std::nullopt;
    guest_result result;
    result.status =
        found.contains("signal") ? killed + found.value("signal", 0) : found.value("exitcode", 0);
    result.output = decoded(found.value("out-data", "")) + decoded(found.value("err-data", ""));
    return result;
}

}  // namespace vmctl
