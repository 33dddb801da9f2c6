// From options back to words.
#include "gangwayd/background_words.hpp"

#include <optional>

std::vector<std::string> background_words(
    const std::filesystem::path& program,
    background_request::way way,
    const config::overrides& flags,
    const std::filesystem::path& here
)
{
    std::vector<std::string> words{program.string()};
    const auto add = [&words](const char* name, const std::optional<std::string>& value) {
        if (value) words.insert(words.end(), {name, *value});
    };
    const auto add_path = [&](const char* name, const std::optional<std::string>& value) {
        if (value) add(name, (here / *value).lexically_normal().string());
    };
    add(way == background_request::way::service ? "--service" : "--login", "run");
    add_path("--config", flags.config_file);
    for (const auto& endpoint : flags.listen) add("--listen", endpoint);
    add("--engine", flags.engine);
    add_path("--tls-dir", flags.tls_dir);
    add("--control", flags.control);
    add("--log-level", flags.log_level);
    add("--instance", flags.instance);
    return words;
}

std::string background_name(const config::overrides& flags)
{
    const auto instance = flags.instance.value_or("default");
    return instance == "default" ? "gangwayd" : "gangwayd-" + instance;
}
