// The store is a directory a context, by the digest of its name.
#include "gangway/docker_context.hpp"

#include "config/environment.hpp"
#include "gangway/failure.hpp"
#include "gangway/replace_file.hpp"
#include "gangway/sha256.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <system_error>
#include <utility>

namespace gangway {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;  // the client's own configuration keeps its order

// Nothing: there is no such file.
std::optional<std::string> read(const fs::path& path)
{
    std::error_code unknown;
    if (!fs::exists(path, unknown) && !unknown) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file) throw failure(path.string() + " cannot be read");
    return text;
}

// What is no JSON, or is not there, has no members.
json lenient_object(const fs::path& path)
{
    std::error_code unknown;
    if (!fs::is_regular_file(path, unknown)) return json::object();
    std::ifstream file(path, std::ios::binary);
    auto object = json::parse(file, nullptr, false);
    return object.is_object() ? object : json::object();
}

std::optional<std::string> text_at(const json& object, const json::json_pointer& where)
{
    if (!object.contains(where) || !object.at(where).is_string()) return std::nullopt;
    return object.at(where).get<std::string>();
}

// What the description of our own begins with.
constexpr std::string_view ours = "Gangway, instance ";

}  // namespace

fs::path docker_client_directory()
{
    // NOLINTBEGIN(concurrency-mt-unsafe): nobody changes the environment
    if (const auto* const named = std::getenv("DOCKER_CONFIG"); named != nullptr && *named != 0)
        return named;
    // NOLINTEND(concurrency-mt-unsafe)
    if (const auto home = config::read_environment().home; !home.empty()) return home / ".docker";
    throw failure(
        "neither DOCKER_CONFIG nor a home directory says where the Docker client's files are"
    );
}

std::string selected_context(const fs::path& client_directory)
{
    const auto config = lenient_object(client_directory / "config.json");
    return text_at(config, json::json_pointer("/currentContext")).value_or("");
}

std::optional<std::string> host_of_context(
    const fs::path& client_directory, const std::string& name
)
{
    const auto file = client_directory / "contexts/meta" / sha256_of(name) / "meta.json";
    return text_at(lenient_object(file), json::json_pointer("/Endpoints/docker/Host"));
}

docker_context::docker_context(fs::path client_directory, std::string name)
    : client_directory_(std::move(client_directory)), name_(std::move(name))
{
    // cli/context/store/store.go, restrictedNamePattern; "default" is the client's own.
    static const std::regex allowed("^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$");
    if (!std::regex_match(name_, allowed) || name_ == "default")
        throw failure(
            "\"" + name_ + "\" cannot be a context's name: two letters, digits or _.+- at least, " +
                "not beginning with one of the last, and not \"default\"",
            exit_status::usage
        );
}

fs::path docker_context::directory() const
{
    return client_directory_ / "contexts/meta" / sha256_of(name_);
}

void docker_context::install(const std::string& docker_host, const std::string& instance) const
{
    refuse_if_anothers();
    json metadata;
    metadata["Description"] = std::string(ours) + instance;
    json endpoint;
    endpoint["Host"] = docker_host;
    endpoint["SkipTLSVerify"] = false;
    json context;
    context["Name"] = name_;
    context["Metadata"] = metadata;
    context["Endpoints"]["docker"] = endpoint;
    std::error_code error;
    // Secrets go there, too.
    if (fs::create_directories(client_directory_, error))
        fs::permissions(client_directory_, fs::perms::owner_all, error);
    if (!error) fs::create_directories(directory(), error);
    if (error) throw failure(directory().string() + " cannot be made: " + error.message());
    try {
        replace_file(directory() / "meta.json", context.dump(), fs::perms{0644});
    } catch (const json::exception&) {
        throw failure("the docker socket's path is not UTF-8, which no context can hold");
    }
}

void docker_context::refuse_if_anothers() const
{
    const auto text = read(directory() / "meta.json");
    if (!text) return;
    const auto context = json::parse(*text, nullptr, false);
    const json::json_pointer description("/Metadata/Description");
    const bool told =
        context.is_object() && context.contains(description) && context.at(description).is_string();
    if (told && context.at(description).get<std::string>().starts_with(ours)) return;
    throw failure(
        "there is a context " + name_ +
        " that gangway did not make; choose another with --name, or " +
        "remove it with `docker context rm " + name_ + "`"
    );
}

void docker_context::select() const
{
    change_selected({}, name_);
}

void docker_context::remove() const
{
    refuse_if_anothers();
    change_selected(name_, {});
    std::error_code error;
    for (const auto& kept : {directory(), client_directory_ / "contexts/tls" / sha256_of(name_)}) {
        fs::remove_all(kept, error);
        if (error) throw failure(kept.string() + " cannot be removed: " + error.message());
    }
}

// Only if it is `from` now; an empty `to` means the client's default.
void docker_context::change_selected(const std::string& from, const std::string& to) const
{
    const auto path = client_directory_ / "config.json";
    const auto text = read(path);
    const bool blank = !text || text->find_first_not_of(" \t\r\n") == std::string::npos;
    auto config = blank ? json::object() : json::parse(*text, nullptr, false);
    if (!config.is_object())
        throw failure(
            path.string() + " is no JSON object, and is left as it is; mend it, or select the " +
            "context by DOCKER_CONTEXT"
        );
    const auto now = config.value("currentContext", json(""));
    if (!from.empty() && now != from) return;
    if (to.empty())
        config.erase("currentContext");
    else
        config["currentContext"] = to;
    // As the client writes it; its passwords may be there.
    replace_file(path, config.dump(1, '\t'), fs::perms{0600});
}

}  // namespace gangway
