// The directives of dockerd by the kind of their values.
#include "config/daemon_json.hpp"

#include "config/nearest.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace config {
namespace {

namespace ip = boost::asio::ip;

enum class kind {
    text,
    number,
    toggle,
    object,
    texts,        // a list
    named_texts,  // an object
    addresses,    // a list
    mirrors,      // a list
    registries,   // a list
    pools,        // a list
    ours,
};

struct directive {
    std::string_view name;
    kind value;
    bool reloads = false;
};

// "ours" would part the engine from Gangway, or from its data.
constexpr auto directives = std::to_array<directive>({
    {"allow-nondistributable-artifacts", kind::texts, true},
    {"api-cors-header", kind::text},
    {"authorization-plugins", kind::texts, true},
    {"bip", kind::text},
    {"bridge", kind::text},
    {"builder", kind::object},
    {"cdi-spec-dirs", kind::texts},
    {"cgroup-parent", kind::text},
    {"containerd", kind::ours},
    {"containerd-namespace", kind::text},
    {"containerd-plugin-namespace", kind::text},
    {"cpu-rt-period", kind::number},
    {"cpu-rt-runtime", kind::number},
    {"data-root", kind::ours},
    {"debug", kind::toggle, true},
    {"default-address-pools", kind::pools},
    {"default-cgroupns-mode", kind::text},
    {"default-gateway", kind::text},
    {"default-gateway-v6", kind::text},
    {"default-ipc-mode", kind::text},
    {"default-network-opts", kind::object},
    {"default-runtime", kind::text},
    {"default-shm-size", kind::text},
    {"default-ulimits", kind::object},
    {"dns", kind::addresses},
    {"dns-opts", kind::texts},
    {"dns-search", kind::texts},
    {"exec-opts", kind::texts},
    {"exec-root", kind::ours},
    {"experimental", kind::toggle},
    {"features", kind::object},
    {"fixed-cidr", kind::text},
    {"fixed-cidr-v6", kind::text},
    {"group", kind::text},
    {"host-gateway-ip", kind::text},
    {"hosts", kind::ours},
    {"icc", kind::toggle},
    {"init", kind::toggle},
    {"init-path", kind::text},
    {"insecure-registries", kind::registries, true},
    {"ip", kind::text},
    {"ip-forward", kind::toggle},
    {"ip-masq", kind::toggle},
    {"ip6tables", kind::toggle},
    {"iptables", kind::toggle},
    {"ipv6", kind::toggle},
    {"labels", kind::texts, true},
    {"live-restore", kind::toggle, true},
    {"log-driver", kind::text},
    {"log-format", kind::text},
    {"log-level", kind::text},
    {"log-opts", kind::named_texts},
    {"max-concurrent-downloads", kind::number, true},
    {"max-concurrent-uploads", kind::number, true},
    {"max-download-attempts", kind::number, true},
    {"metrics-addr", kind::text},
    {"min-api-version", kind::text},
    {"mtu", kind::number},
    {"network-control-plane-mtu", kind::number},
    {"network-diagnostic-port", kind::number, true},
    {"no-new-privileges", kind::toggle},
    {"node-generic-resources", kind::texts},
    {"oom-score-adjust", kind::number},
    {"pidfile", kind::ours},
    {"proxies", kind::named_texts},
    {"raw-logs", kind::toggle},
    {"registry-mirrors", kind::mirrors, true},
    {"runtimes", kind::object},
    {"seccomp-profile", kind::text},
    {"selinux-enabled", kind::toggle},
    {"shutdown-timeout", kind::number, true},
    {"storage-driver", kind::text},
    {"storage-opts", kind::texts},
    {"swarm-default-advertise-addr", kind::text},
    {"tls", kind::ours},
    {"tlscacert", kind::ours},
    {"tlscert", kind::ours},
    {"tlskey", kind::ours},
    {"tlsverify", kind::ours},
    {"userland-proxy", kind::toggle},
    {"userland-proxy-path", kind::text},
    {"userns-remap", kind::text},
});

const directive* find_directive(std::string_view name)
{
    const auto found = std::ranges::find(directives, name, &directive::name);
    return found == directives.end() ? nullptr : &*found;
}

std::string about_unknown_directive(std::string_view name)
{
    std::vector<std::string_view> names;
    names.reserve(directives.size());
    for (const auto& each : directives) names.push_back(each.name);
    const std::string what = "is no setting of dockerd";
    if (const auto meant = nearest(name, names))
        return what + "; did you mean \"" + std::string(*meant) + "\"?";
    return what + "'s daemon.json";
}

bool is_address(const std::string& text)
{
    boost::system::error_code wrong;
    ip::make_address(text, wrong);
    return !wrong;
}

// The length of the prefix of "192.0.2.0/24", and the longest that there may be.
struct prefix {
    unsigned length;
    unsigned longest;
};

std::optional<prefix> prefix_of(const std::string& network)
{
    boost::system::error_code wrong;
    const auto v4 = ip::make_network_v4(network, wrong);
    if (!wrong) return prefix{v4.prefix_length(), 32};
    const auto v6 = ip::make_network_v6(network, wrong);
    if (!wrong) return prefix{v6.prefix_length(), 128};
    return std::nullopt;
}

bool has_blanks(std::string_view text)
{
    return std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

// Of a mirror dockerd takes no path, query or user.
bool is_mirror(std::string_view text)
{
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) return false;
    if (const auto name = text.substr(0, scheme); name != "http" && name != "https") return false;
    auto host = text.substr(scheme + 3);
    if (host.ends_with('/')) host.remove_suffix(1);
    return !host.empty() && host.find_first_of("/?#@") == std::string_view::npos &&
           !has_blanks(host);
}

bool is_registry(const std::string& text)
{
    if (prefix_of(text)) return true;
    return !text.empty() && text.find('/') == std::string::npos && !has_blanks(text);
}

class checking {
public:
    explicit checking(complaints& wrong) : wrong_(wrong) {}

    void check(const directive& what, const json& value)
    {
        const auto at = "." + std::string(what.name);
        switch (what.value) {
            case kind::text:
                return must(value.is_string(), value, "a string", at);
            case kind::number:
                return must(value.is_number_integer(), value, "a whole number", at);
            case kind::toggle:
                return must(value.is_boolean(), value, "true or false", at);
            case kind::object:
                return must(value.is_object(), value, "an object, { … }", at);
            case kind::texts:
                return check_list(value, at, "a string", [](const std::string&) { return true; });
            case kind::named_texts:
                return check_texts_in(value, at);
            case kind::addresses:
                return check_list(value, at, "an IP address", is_address);
            case kind::mirrors:
                return check_list(
                    value,
                    at,
                    "http://HOST[:PORT] or https://HOST[:PORT], without a path",
                    is_mirror
                );
            case kind::registries:
                return check_list(
                    value, at, "HOST[:PORT] or a network such as \"192.0.2.0/24\"", is_registry
                );
            case kind::pools:
                return check_pools(value, at);
            case kind::ours:
                wrong_.push_back(
                    {at,
                     "is set by Gangway itself, which could not reach the engine "
                     "or its data otherwise"}
                );
        }
    }

private:
    void must(bool fulfilled, const json& value, std::string allowed, std::string at)
    {
        if (!fulfilled) reject(wrong_, value, std::move(allowed), std::move(at));
    }

    template <class Allowed>
    void check_list(
        const json& value, const std::string& at, const char* each, const Allowed& allowed
    )
    {
        if (!value.is_array()) return reject(wrong_, value, "a list", at);
        for (std::size_t index = 0; index < value.size(); ++index) {
            const auto* const text = text_in(value[index]);
            must(
                text && allowed(*text), value[index], each, at + "[" + std::to_string(index) + "]"
            );
        }
    }

    void check_texts_in(const json& value, const std::string& at)
    {
        if (!value.is_object()) return reject(wrong_, value, "an object, { … }", at);
        for (const auto& [name, member] : value.items())
            must(member.is_string(), member, "a string", at + "." + key_text(name));
    }

    void check_pools(const json& value, const std::string& at)
    {
        if (!value.is_array()) return reject(wrong_, value, "a list", at);
        for (std::size_t index = 0; index < value.size(); ++index) {
            const auto& pool = value[index];
            const auto here = at + "[" + std::to_string(index) + "]";
            if (!is_pool(pool))
                wrong_.push_back(
                    {here,
                     R"(must be {"base": "192.0.2.0/24", "size": 28}: a network, and the prefix )"
                     "length of those that are cut out of it, which cannot be shorter"}
                );
        }
    }

    static bool is_pool(const json& pool)
    {
        if (!pool.is_object() || pool.size() != 2) return false;
        const auto base = pool.find("base");
        const auto size = pool.find("size");
        if (base == pool.end() || size == pool.end() || !size->is_number_unsigned()) return false;
        const auto* const text = text_in(*base);
        const auto network = text ? prefix_of(*text) : std::nullopt;
        const auto length = size->get<std::uint64_t>();
        return network && length >= network->length && length <= network->longest;
    }

    complaints& wrong_;
};

}  // namespace

void check_daemon_json(const json& value, complaints& wrong)
{
    if (!value.is_object())
        return reject(wrong, value, "an object, { … }, as in dockerd's daemon.json");
    checking checks(wrong);
    for (const auto& [name, member] : value.items()) {
        if (const auto* const known = find_directive(name))
            checks.check(*known, member);
        else
            wrong.push_back({"." + key_text(name), about_unknown_directive(name)});
    }
}

bool reloads(std::string_view directive)
{
    const auto* const known = find_directive(directive);
    return known != nullptr && known->reloads;
}

}  // namespace config
